import type { AccountView } from '../../server/providers/storage/gateway-options.ts'
import type { Core, HeldWrite, SimulatedNode } from './core.ts'
import { NodeCrashed } from './database.ts'
import { cancel } from './lifecycle-commands.ts'
import { acknowledge, startTask } from './task.ts'
import { PromiseBroken } from './broken.ts'

/** A client begins to write to a store of this host, through the product's own gate. */
export function beginWrite(core: Core, node: SimulatedNode): void {
  const here = [...core.world.things.values()].filter((thing) => thing.hostId === node.hostId)
  if (here.length === 0) return
  const { uid, subscriptionId } = core.dice.pick(here)
  const content = `write ${(core.names += 1)}`
  const account: AccountView = {
    uid,
    name: uid,
    keys: ['', ''],
    subscriptionId,
    hostId: node.hostId,
  }
  const { held, pause } = holdWrite(core, node, account)
  startTask(core, {
    label: content,
    node,
    run: async () => {
      const { gate } = node
      if ((await gate.look(account)) !== 'open') return 'refused'
      gate.join(held.write)
      try {
        await pause()
        if (held.ended) return 'refused'
        const state = await gate.enter(held.write)
        if (held.ended || state !== 'open') return 'refused'
        core.trace.push(`  ${content} is let in to ${uid}`)
        if (core.dice.percent(35)) cancelMeanwhile(core, node, subscriptionId)
        held.stage = 'committing'
        await pause()
        if (held.ended || !node.lifeline.alive) return 'broken off'
        return store(core, uid, content, held)
      } finally {
        gate.leave(held.write)
      }
    },
    onEnd: (outcome) => {
      if ('error' in outcome && !(outcome.error instanceof NodeCrashed)) {
        if (outcome.error instanceof PromiseBroken) throw outcome.error
        throw new PromiseBroken(null, `a write failed: ${String(outcome.error)}`)
      }
      core.trace.push(`  ${content} ${'value' in outcome ? outcome.value : 'lost'}`)
    },
  })
}

/** Somebody cancels while a write is between the gate and its answer. */
function cancelMeanwhile(core: Core, node: SimulatedNode, subscriptionId: string): void {
  const model = core.models.get(subscriptionId)
  if (model === undefined) return
  const person = { tenantId: model.tenantId, principalId: model.administrator }
  core.repeats.unshift(() => cancel({ core, node, model, person }))
}

/** A write that stops at each of its stages until the simulation lets it go on, or it is ended. */
function holdWrite(core: Core, node: SimulatedNode, account: AccountView) {
  const { uid, subscriptionId } = account
  let resume = Promise.withResolvers<void>()
  const held: HeldWrite = {
    uid,
    subscriptionId,
    node,
    stage: 'coming',
    ended: false,
    go: () => resume.resolve(),
    write: {
      account,
      abandon: () => {
        held.ended = true
        resume.resolve()
      },
      refuse: () => {
        held.ended = true
        resume.resolve()
      },
    },
  }
  const pause = async (): Promise<void> => {
    core.writes.push(held)
    await resume.promise
    const at = core.writes.indexOf(held)
    if (at >= 0) core.writes.splice(at, 1)
    resume = Promise.withResolvers()
  }
  return { held, pause }
}

/** The bytes are on the disk and their client hears of it, in one moment as far as anybody sees. */
function store(core: Core, uid: string, content: string, held: HeldWrite): string {
  const thing = core.world.things.get(uid)
  if (thing === undefined) return 'gone'
  thing.stored.add(content)
  acknowledge(core, held, content)
  return 'stored'
}

/** Its time is over: it is broken off without an answer, as the gate's own limit does. */
export function breakOff(held: HeldWrite): void {
  held.write.abandon()
}
