import { type Call, type Command, optionOf, wordOf } from '../command.ts'
import { dateText } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { ask, isAttended } from '../terminal.ts'
import { findSubscription, type NamedSubscription, titleOf } from './find.ts'
import { follow, isPurged, stuckText } from './follow.ts'
import { subscriptionWord } from './show.ts'

export const subscriptionDelete: Command = {
  name: 'subscription delete',
  summary: 'Deletes a cancelled subscription for good, before its date; asks for its name',
  words: [subscriptionWord],
  options: [['--confirm-name <name>', 'Its name, typed, where there is no terminal to ask on']],
  run: async (call) => {
    const client = await call.client()
    const subscription = await findSubscription(client, wordOf(call, 0))
    const { subscriptionId } = subscription
    const subscriptionName = await readTypedName(call, subscription)
    const path = `/subscriptions/${subscriptionId}/providers/Reprieve.Lifecycle/delete`
    await client.request('POST', path, { body: { subscriptionName } })
    const lifecycle = await follow(client, subscriptionId, isPurged, call.progress)
    const gone = isPurged(lifecycle)
    const text = gone
      ? `${titleOf(subscription)} is gone since ${dateText(lifecycle.purgedAt)}. Its id is never ` +
        'used again; its history stays: npx reprieve events verify ' +
        subscriptionId
      : `${titleOf(subscription)} is being deleted.\n${stuckText(lifecycle.effects.stuck)}`
    return { data: { ...subscription, ...lifecycle }, text, failed: !gone }
  },
}

/** The server compares it; what is typed here is passed on as it is. */
async function readTypedName(call: Call, subscription: NamedSubscription): Promise<string> {
  const given = optionOf(call, 'confirmName')
  if (given !== null) return given
  const { terminal } = call.surroundings
  if (!isAttended(terminal)) {
    throw new CommandRefused(
      `Nothing was deleted: there is no terminal to ask on. To delete ${titleOf(subscription)} ` +
        'for good, add --confirm-name with its name.',
    )
  }
  call.note(`This deletes ${titleOf(subscription)} and all of its data. Nobody can bring it back.`)
  const typed = await ask(terminal, 'Type its name to delete it: ')
  if (typed === '') throw new CommandRefused('Nothing was deleted.')
  return typed
}
