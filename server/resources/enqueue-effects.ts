import type { Random } from '../kernel/ids.ts'
import type { Change } from '../subscriptions/change.ts'
import { enqueue } from '../work/work.ts'

/** A wanted state is never stored without the work of the host that makes it so. */
export async function enqueueEffects(
  { tx, subscription, realNow }: Change,
  hostId: string,
  random: Random,
): Promise<void> {
  const { tenantId, subscriptionId, clockKey } = subscription
  await enqueue(
    tx,
    {
      tenantId,
      kind: 'apply-effects',
      key: `${subscriptionId}/${hostId}`,
      subject: { subscriptionId, hostId },
      clockKey,
      dueAt: null,
      hostId,
    },
    realNow,
    random,
  )
}
