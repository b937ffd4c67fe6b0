import type { ClaimedWork } from '../../server/work/work.ts'
import { keep } from './broken.ts'
import type { Core, HeldWrite, SimulatedNode, Task } from './core.ts'

export function startTask<T>(
  core: Core,
  task: {
    readonly label: string
    readonly node: SimulatedNode
    readonly work?: ClaimedWork
    readonly run: () => Promise<T>
    readonly onEnd: (outcome: { readonly value: T } | { readonly error: unknown }) => void
  },
): void {
  const started: Task = {
    label: task.label,
    node: task.node,
    work: task.work ?? null,
    startedAt: core.realNow,
    outcome: null,
    onEnd: task.onEnd as Task['onEnd'],
  }
  core.tasks.push(started)
  task.run().then(
    (value) => {
      started.outcome = { value }
    },
    (error: unknown) => {
      started.outcome = { error }
    },
  )
}

/** Takes the tasks that have ended off the list; those of dead nodes say nothing to anybody. */
export function takeEnded(core: Core): Task[] {
  const ended = core.tasks.filter(({ outcome, node }) => outcome !== null || !node.lifeline.alive)
  for (const task of ended) core.tasks.splice(core.tasks.indexOf(task), 1)
  return ended.filter(({ outcome, node }) => outcome !== null && node.lifeline.alive)
}

/** What a write's client was told last. Its success after the cancel's answer breaks promise 4. */
export function acknowledge(core: Core, held: HeldWrite, content: string): void {
  const model = core.models.get(held.subscriptionId)
  keep(
    4,
    model?.readOnlyAnswered !== true,
    () => `a write to ${held.uid} succeeded after the answer`,
  )
  core.world.things.get(held.uid)?.acknowledged.push(content)
}
