import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import type { Surroundings } from './command.ts'
import { commands } from './commands.ts'
import { createProgram, exitCodeOf } from './program.ts'
import { failureText } from './run.ts'
import { registerServe } from './serve.ts'

const surroundings: Surroundings = {
  environment: process.env,
  folder: process.cwd(),
  home: homedir(),
  terminal: { input: process.stdin, output: process.stdout, errors: process.stderr },
  now: () => Date.now(),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  newId: () => randomUUID(),
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const program = createProgram(commands, surroundings, (code) => {
  process.exitCode = code
})
registerServe(program)

try {
  await program.parseAsync()
} catch (error) {
  const code = exitCodeOf(error)
  if (code === null) process.stderr.write(`${failureText(error, surroundings)}\n`)
  process.exitCode = code ?? 1
}
