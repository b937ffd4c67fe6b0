import type { Answer } from '../../api/client-answer.ts'
import { type Actor, roleNames, seers } from './actors.ts'
import { messageOf, namedRoles, shortOf } from './answers.ts'
import type { Lifecycle } from './api.ts'
import type { SubscriptionProbe } from './row.ts'
import type { Offer, Place, Subject } from './place.ts'

/** Whom an offer admits to the three acts, as the design says and not as the code does. */
export const admitted: {
  readonly [Name in Offer]: {
    readonly cancel: readonly Actor[]
    readonly reactivate: readonly Actor[]
    readonly says: { readonly cancel: RegExp; readonly reactivate: RegExp }
  }
} = {
  PayAsYouGo: {
    cancel: ['accountAdministrator', 'literal', 'steward'],
    reactivate: ['accountAdministrator', 'literal', 'steward', 'support'],
    says: {
      cancel: /Under the offer PayAsYouGo, the account administrator \(object id '<payer>'\) may/,
      reactivate: /the account administrator \(object id '<payer>'\) may reactivate/,
    },
  },
  FreeTrial: {
    cancel: ['accountAdministrator', 'literal', 'steward'],
    reactivate: ['support'],
    says: {
      cancel: /Under the offer FreeTrial, the account administrator \(object id '<payer>'\) may/,
      reactivate: /a support engineer may reactivate it, on a ticket/,
    },
  },
  MicrosoftCustomerAgreement: {
    cancel: ['tenantOwner', 'owner', 'literal', 'steward'],
    reactivate: ['tenantOwner', 'owner', 'literal', 'steward', 'support'],
    says: {
      cancel: /Under the offer MicrosoftCustomerAgreement, an Owner of the subscription may/,
      reactivate: /an Owner of the subscription may reactivate it/,
    },
  },
  EnterpriseAgreement: {
    cancel: ['tenantOwner', 'owner', 'literal', 'steward'],
    reactivate: ['support'],
    says: {
      cancel: /Under the offer EnterpriseAgreement, an Owner of the subscription may/,
      reactivate: /a support engineer may reactivate it, on a ticket/,
    },
  },
}

export type Expected = {
  readonly short: string
  /** What is wrong with an answer of the expected kind; null: nothing. */
  readonly flaw: (answer: Answer) => string | null
}

export type Facts = {
  readonly place: Place
  readonly payer: string
  /** Null for what is not there. */
  readonly lifecycle: Lifecycle | null
}

const flawless = (): null => null

/** What one actor must be answered, by the four questions in their order. */
export function expectedOf(
  probe: SubscriptionProbe,
  subject: Subject,
  actor: Actor,
  facts: Facts,
): Expected {
  if (!sees(probe, subject, actor)) return { short: '404 SubscriptionNotFound', flaw: flawless }
  if (subject === 'Deleted') return passing(probe, subject)
  const isPurgeReader = probe.afterPurge?.includes(actor) === true
  if (!probe.may.includes(actor) && !isPurgeReader) return forbidden(probe, facts)
  const isSuspended = subject === 'Warned' || subject === 'Disabled'
  if (!isSuspended || probe.suspended === 'passes') return passing(probe, subject)
  if (probe.suspended === 'readOnly') return readOnly(facts)
  return admitted[facts.place.offer].cancel.includes(actor)
    ? passing(probe, subject)
    : refusedAct('cancel', facts)
}

function sees({ afterPurge = [] }: SubscriptionProbe, subject: Subject, actor: Actor): boolean {
  if (subject === 'Unknown') return false
  if (subject === 'Deleted') return afterPurge.includes(actor)
  return seers.includes(actor) || afterPurge.includes(actor)
}

function passing({ passes }: SubscriptionProbe, subject: Subject): Expected {
  if (typeof passes === 'string') return { short: passes, flaw: flawless }
  const short = subject === 'Unknown' ? undefined : passes[subject]
  return { short: short ?? 'nobody was expected to pass here', flaw: flawless }
}

function forbidden(probe: SubscriptionProbe, facts: Facts): Expected {
  if (probe.act !== undefined) return refusedAct(probe.act, facts)
  const wanted = probe.may.flatMap((actor) => roleNames[actor] ?? [])
  return {
    short: '403 AuthorizationFailed',
    flaw: (answer) => rolesFlaw(answer, wanted),
  }
}

/** A refusal names every role that would do, and none that would not. */
export function rolesFlaw(answer: Answer, wanted: readonly string[]): string | null {
  if (answer.body === null) return null
  const known = Object.values(roleNames)
  const named = namedRoles(answer).filter((name) => known.includes(name))
  const missing = wanted.filter((name) => !named.includes(name))
  const wrong = named.filter((name) => !wanted.includes(name))
  if (missing.length === 0 && wrong.length === 0) return null
  return `should say that ${wanted.join(', ')} may, and says: ${messageOf(answer)}`
}

function refusedAct(act: NonNullable<SubscriptionProbe['act']>, facts: Facts): Expected {
  const { says } = admitted[facts.place.offer]
  const pattern = act === 'reactivate' ? says.reactivate : says.cancel
  return { short: '403 AuthorizationFailed', flaw: (answer) => sayFlaw(answer, [pattern], facts) }
}

/** Why, since when, until when, and who can do what. */
function readOnly(facts: Facts): Expected {
  const { suspensions = [], purgeAt } = facts.lifecycle ?? {}
  const why = suspensions.map(
    ({ reason, effectiveAt }) => new RegExp(`Why: .*${reason} since ${effectiveAt}`),
  )
  const until = new RegExp(`can be read until ${purgeAt}`)
  const wayBack = admitted[facts.place.offer].says.reactivate
  const wanted = why.length === 0 ? [/a reason/] : why
  return {
    short: '409 ReadOnlyDisabledSubscription',
    flaw: (answer) => sayFlaw(answer, [...wanted, until, wayBack], facts),
  }
}

function sayFlaw(answer: Answer, patterns: readonly RegExp[], { payer }: Facts): string | null {
  if (answer.body === null) return null
  const message = messageOf(answer).replaceAll(payer, '<payer>')
  const missing = patterns.find((pattern) => !pattern.test(message))
  return missing === undefined ? null : `should say ${missing.source}, and says: ${message}`
}

/** One cell: null when it is as expected, else what is wrong with it. */
export function wrongWith(expected: Expected, answer: Answer): string | null {
  const short = shortOf(answer)
  if (short !== expected.short) {
    return `expected ${expected.short}, was answered ${short} ${messageOf(answer)}`
  }
  return expected.flaw(answer)
}
