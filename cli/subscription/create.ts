import { createHash } from 'node:crypto'
import type { Client } from '../../api/client.ts'
import { type Command, optionOf, wordOf } from '../command.ts'
import { findSession } from '../session/session.ts'
import { orNull } from '../or-null.ts'
import { chooseBillingScope } from './billing-scope.ts'
import { makePlan } from './cancel-plan.ts'
import { isSupportPlan, readLifecycle } from './lifecycle.ts'
import { commitsText } from './support-text.ts'

export type Alias = {
  readonly name: string
  readonly properties: { readonly subscriptionId: string; readonly displayName?: string }
}

export const subscriptionCreate: Command = {
  name: 'subscription create',
  summary: 'Creates a subscription; the same call again answers the same one',
  words: [['<name>', 'What people are to call it']],
  options: [
    [
      '--offer <offer>',
      "Its terms: PayAsYouGo, FreeTrial, SupportStandard ... (default: the account's)",
    ],
    ['--billing-scope <scope>', 'Who pays (default: the billing account of your session)'],
    ['--owner <object-id>', 'Its account administrator (default: you)'],
    ['--workload <workload>', 'Production or DevTest'],
    ['--alias <alias>', 'Names the request, so that it can be repeated (default: from the name)'],
  ],
  run: async (call) => {
    const client = await call.client()
    const displayName = wordOf(call, 0)
    const billingScope =
      optionOf(call, 'billingScope') ??
      (await chooseBillingScope(client, findSession(call.surroundings)))
    const { alias, created } = await putAlias(client, {
      alias: optionOf(call, 'alias') ?? aliasOf(displayName),
      displayName,
      billingScope,
      offer: optionOf(call, 'offer'),
      owner: optionOf(call, 'owner'),
      workload: optionOf(call, 'workload'),
    })
    const { subscriptionId } = alias.properties
    const text = created
      ? `Created ${displayName} (${subscriptionId}).`
      : `The alias ${alias.name} stands for ${subscriptionId} already; nothing was made. For a ` +
        'second subscription of this name, give another --alias.'
    const commits = created ? await readCommitment(client, subscriptionId) : ''
    return {
      data: { subscriptionId, displayName, alias: alias.name, created },
      text: commits === '' ? text : `${text}\n${commits}`,
    }
  },
}

/** What a support plan commits to; empty for all else, and for one that is another's. */
async function readCommitment(client: Client, subscriptionId: string): Promise<string> {
  const lifecycle = await orNull(readLifecycle(client, subscriptionId))
  if (lifecycle === null || !isSupportPlan(lifecycle)) return ''
  const plan = await orNull(makePlan(client, subscriptionId))
  return plan === null ? '' : commitsText(plan.properties)
}

export type NewSubscription = {
  readonly alias: string
  readonly displayName: string
  readonly billingScope: string
  readonly offer: string | null
  readonly owner?: string | null
  readonly workload?: string | null
}

export async function putAlias(
  client: Client,
  asked: NewSubscription,
): Promise<{ readonly alias: Alias; readonly created: boolean }> {
  const { offer, owner = null, workload = null } = asked
  const additionalProperties = {
    ...(owner === null ? {} : { subscriptionOwnerId: owner }),
    ...(offer === null ? {} : { tags: { 'reprieve:offer': offer } }),
  }
  const answer = await client.request<Alias>('PUT', aliasPath(asked.alias), {
    body: {
      properties: {
        displayName: asked.displayName,
        billingScope: asked.billingScope,
        workload: workload ?? 'Production',
        additionalProperties,
      },
    },
  })
  return { alias: answer.body, created: answer.status === 201 }
}

export function aliasPath(alias: string): string {
  return `/providers/Microsoft.Subscription/aliases/${encodeURIComponent(alias)}`
}

/** Characters; what an alias may have leaves room for more. */
const aliasMax = 50

/** The name in the letters that an alias may have; a digest of it where too much would be lost. */
export function aliasOf(displayName: string): string {
  const plain = displayName
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const isFaithful = /^[\p{ASCII}\p{Script=Latin}\p{Mn}]*$/u.test(displayName) && plain !== ''
  if (isFaithful && plain.length <= aliasMax) return plain
  const digest = createHash('sha256').update(displayName).digest('hex').slice(0, 12)
  return `subscription-${digest}`
}
