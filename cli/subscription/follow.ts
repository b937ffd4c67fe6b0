import type { Client } from '../../api/client.ts'
import { count } from '../dates.ts'
import type { ProgressLine } from '../terminal.ts'
import { type Lifecycle, readLifecycle, type Stuck } from './lifecycle.ts'

/** The effects of an act come within seconds; between two looks, so long. */
const lookAgainMs = 250

/**
 * Watches a subscription until `isDone`, or until a step is stuck: past its limit, with a cause
 * that waiting does not remove.
 */
export async function follow(
  client: Client,
  subscriptionId: string,
  isDone: (lifecycle: Lifecycle) => boolean,
  progress: ProgressLine,
): Promise<Lifecycle> {
  for (;;) {
    const lifecycle = await readLifecycle(client, subscriptionId)
    if (isDone(lifecycle) || lifecycle.effects.stuck.length > 0) return lifecycle
    progress.show(progressText(lifecycle))
    await client.wait(lookAgainMs)
  }
}

export function isDisabled({ state }: Lifecycle): boolean {
  return state === 'Disabled' || state === 'Deleted'
}

/** Another suspension may keep it disabled after the one that was lifted. */
export function isBack({ state, suspensions, effects }: Lifecycle): boolean {
  return state === 'Deleted' || suspensions.length > 0 || effects.done >= effects.total
}

export function isPurged({ purgedAt }: Lifecycle): boolean {
  return purgedAt !== null
}

export function progressText({ state, effects }: Lifecycle): string {
  return `${state}: ${effects.done} of ${count(effects.total, 'resource')} done`
}

/** What is stuck, each with its cause and its remedy. */
export function stuckText(stuck: readonly Stuck[]): string {
  if (stuck.length === 0) return ''
  const lines = stuck.map(
    ({ resourceId, cause, remedy }) => `  ${resourceId}\n    why: ${cause}\n    do:  ${remedy}`,
  )
  return [`Stuck (${count(stuck.length, 'resource')}):`, ...lines].join('\n')
}
