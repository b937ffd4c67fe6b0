import { parseArgs } from 'node:util'
import { repeatCommand, simulate } from './simulation.ts'

/**
 * `npm run simulate -- --seed 1 --steps 400 --runs 10`: prints what was found and how to repeat
 * it.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '400' },
    runs: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
})
const steps = Number(values.steps)
for (let run = 0; run < Number(values.runs); run += 1) {
  const seed = Number(values.seed) + run
  const startedAt = performance.now()
  const outcome = await simulate({ seed, steps })
  const seconds = (performance.now() - startedAt) / 1000
  if (values.trace) console.log(outcome.trace.join('\n'))
  const rate = Math.round(outcome.steps / seconds)
  console.log(`seed ${seed}: ${outcome.steps} steps, ${rate} a second`)
  if (outcome.broken !== null) {
    console.log(outcome.broken.message)
    console.log(repeatCommand(seed, steps))
    process.exitCode = 1
  }
}
