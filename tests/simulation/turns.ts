import { addMs } from '../../server/kernel/instant.ts'
import { type ClaimedWork, claimWork, releaseLeases } from '../../server/work/work.ts'
import { doWork } from '../../server/work/worker.ts'
import { type Core, type SimulatedNode, pause } from './core.ts'
import { NodeCrashed } from './database.ts'
import { startNode } from './node.ts'
import { leaseMs } from './pass-time.ts'
import { account } from './resource-commands.ts'
import { startTask } from './task.ts'
import type { Call, CallEnd } from './world.ts'
import { breakOff } from './writes.ts'

/** A node claims one piece of work and begins it. Answers whether there was one. */
export async function takeUpWork(core: Core, node: SimulatedNode): Promise<void> {
  const { db } = node.parts.database
  const realNow = core.clock.now()
  const claim = { hostId: node.hostId, realNow, leaseUntil: addMs(realNow, leaseMs), limit: 1 }
  const claimed = await claimAsWorker(node, claim).catch((error: unknown) => {
    if (error instanceof NodeCrashed) return []
    throw error
  })
  for (const work of claimed) {
    core.trace.push(`  work ${work.kind} ${work.key} try ${work.attempts}`)
    const { parts, log } = node
    startTask(core, {
      label: `${work.kind} ${work.key}`,
      node,
      work,
      run: () => doWork(work, { db, clock: parts.clock, handlers: slow(core, node), log }),
      onEnd: (outcome) => {
        if ('error' in outcome && !(outcome.error instanceof NodeCrashed)) throw outcome.error
      },
    })
  }
}

/** As the worker's own sweep: what its host had when it was killed is let go of first. */
async function claimAsWorker(
  node: SimulatedNode,
  claim: Parameters<typeof claimWork>[1],
): Promise<readonly ClaimedWork[]> {
  const { db } = node.parts.database
  if (node.hasStrays) await releaseLeases(db, node.hostId, [])
  node.hasStrays = false
  return claimWork(db, claim)
}

/** Handlers that may be slow between their last step and the settlement of their work. */
function slow(core: Core, node: SimulatedNode): SimulatedNode['handlers'] {
  const { handlers, lifeline } = node
  return Object.fromEntries(
    Object.entries(handlers).map(([kind, handler]) => [
      kind,
      async (work: ClaimedWork) => {
        await pause(core, lifeline)
        const outcome = await handler(work)
        if (core.slowness === 0 || !core.dice.percent(25)) return outcome
        askMeanwhile(core, node, work)
        await pause(core, lifeline, Number.POSITIVE_INFINITY)
        return outcome
      },
    ]),
  )
}

/** Somebody asks for more of what was just done, and is not yet settled as done. */
function askMeanwhile(core: Core, node: SimulatedNode, { subject }: ClaimedWork): void {
  const model = core.models.get(String(subject['subscriptionId']))
  if (model === undefined) return
  const tenant = core.tenants.find(({ tenantId }) => tenantId === model.tenantId)
  const principalId = tenant?.people[0]?.principalId ?? ''
  const person = { tenantId: model.tenantId, principalId }
  core.repeats.unshift(() => account({ core, node, model, person }))
}

/** Lets one thing that waits go on: a provider's call, a write, or what is slow. */
export function releaseOne(core: Core): void {
  const { dice, world, writes, pauses } = core
  const total = world.calls.length + writes.length
  if (pauses.length > 0 && dice.percent(40)) return releasePause(core, dice.below(pauses.length))
  if (total === 0) return
  const at = dice.below(total)
  const call = world.calls[at]
  if (call !== undefined) return endCall(core, call)
  const held = writes[at - world.calls.length]
  if (held === undefined) return
  core.trace.push(`  write ${held.stage} ${held.uid}`)
  if (dice.percent(10)) breakOff(held)
  else held.go()
}

export function releasePause(core: Core, at: number): void {
  const [paused] = core.pauses.splice(at, 1)
  core.trace.push('  what was slow goes on')
  paused?.go()
}

export function endCall(core: Core, call: Call, chances = { done: 72, failedBefore: 10 }): void {
  const { subscriptionId, uid, state, generation } = call.wanted
  const hopeless = core.broken.has(subscriptionId)
  const how: CallEnd = hopeless
    ? 'failedBefore'
    : core.dice.weighted({
        done: chances.done,
        failedBefore: chances.failedBefore,
        failedAfter: chances.failedBefore,
        lie: chances.failedBefore === 0 ? 0 : 8,
      })
  core.trace.push(`  ${how} ${state} ${generation} ${uid}`)
  core.world.end(call, how)
}

/** Starts the product again on a host that is down. */
export function restart(core: Core): void {
  const down = core.hosts.filter(({ node }) => node === null)
  if (down.length === 0) return
  const host = core.dice.pick(down)
  host.node = startNode(core, host)
  core.trace.push(`  ${host.name} is up`)
}

/**
 * What a process leaves behind: half of its calls still reached the things, nobody hears of any.
 */
export function tearDown(core: Core, node: SimulatedNode): void {
  node.lifeline.end()
  for (const call of core.world.calls.filter((one) => one.lifeline === node.lifeline)) {
    core.world.end(call, core.dice.percent(50) ? 'failedAfter' : 'failedBefore')
  }
  for (const held of core.writes.filter((one) => one.node === node)) breakOff(held)
  for (const paused of core.pauses.filter((one) => one.lifeline === node.lifeline)) {
    core.pauses.splice(core.pauses.indexOf(paused), 1)
    paused.go()
  }
}
