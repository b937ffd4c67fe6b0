import {
  type ChainPosition,
  type PublishedEvent,
  chainStart,
  verifyEvents,
} from '../../api/event-chain.ts'
import { keep } from './broken.ts'

/**
 * What the simulation itself holds to be so: folded from the published events by rules of its own,
 * written down here a second time on purpose. The product's rules are not imported.
 */
export type SubscriptionModel = {
  readonly id: string
  readonly tenantId: string
  readonly accountKey: string
  position: ChainPosition
  lastAt: number
  readonly events: { readonly sequence: number; readonly type: string; readonly actor: string }[]
  offer: string
  administrator: string
  generation: number
  readonly suspensions: Map<string, number>
  suspendedSince: number | null
  confirmedAt: number | null
  cancelledAt: number | null
  deletableFrom: number | null
  purgeAt: number | null
  purgeStartedAt: number | null
  purgedAt: number | null
  createdAt: number
  /** A trial's days or a support plan's commitment; null: no end of its own. */
  term: { readonly endsAt: number; readonly renews: boolean } | null
  readonly intervals: { readonly from: number; to: number | null }[]
  readonly resources: Map<string, { host: string; deleted: boolean; destroyed: boolean }>
  /** Rises with every fact that a plan pins. */
  facts: number
  /** A cancel was answered and no way back asked for since: no write may be acknowledged. */
  readOnlyAnswered: boolean
  /** A person with the right asked for the early end of it all. */
  earlyEndAsked: boolean
  readonly endAsked: Set<string>
}

/** Days kept after a cancel, and days until it may be ended early. A support plan holds no data. */
const terms: { readonly [offer: string]: { readonly retention: number; readonly early: number } } =
  {
    PayAsYouGo: { retention: 90, early: 3 },
    FreeTrial: { retention: 90, early: 3 },
    MicrosoftCustomerAgreement: { retention: 90, early: 3 },
    EnterpriseAgreement: { retention: 90, early: 7 },
  }

/** Months for which each support plan is paid, whatever becomes of it. */
export const commitments: { readonly [offer: string]: number } = {
  SupportDeveloper: 6,
  SupportStandard: 6,
  SupportStandardMonthly: 1,
}

export function isSupport({ offer }: SubscriptionModel): boolean {
  return commitments[offer] !== undefined
}

const day = 86_400_000

export function newModel(id: string, tenantId: string, accountKey: string): SubscriptionModel {
  return {
    id,
    tenantId,
    accountKey,
    position: chainStart,
    lastAt: 0,
    events: [],
    offer: '',
    administrator: '',
    generation: 0,
    suspensions: new Map(),
    suspendedSince: null,
    confirmedAt: null,
    cancelledAt: null,
    deletableFrom: null,
    purgeAt: null,
    purgeStartedAt: null,
    purgedAt: null,
    createdAt: 0,
    term: null,
    intervals: [],
    resources: new Map(),
    facts: 0,
    readOnlyAnswered: false,
    earlyEndAsked: false,
    endAsked: new Set(),
  }
}

/** Takes in new events: they must join the chain, and say what the rules allow. */
export function foldEvents(
  model: SubscriptionModel,
  events: readonly PublishedEvent[],
  time: { readonly from: number; readonly to: number; readonly billedUntil: number },
): void {
  const { position, problems } = verifyEvents(model.position, events)
  keep(13, problems.length === 0, () => `${model.id}: ${JSON.stringify(problems)}`)
  for (const event of events) {
    const at = Date.parse(event.at)
    // Time that goes backwards goes no further than the history, and than what is invoiced.
    const held = at === model.lastAt || at === time.billedUntil
    const onTime = (at >= time.from && at <= time.to) || (held && at > time.to)
    keep(14, onTime, () => `${model.id}: ${event.type} at ${event.at}, by the clock ${iso(time)}`)
    // Any other event leaves the lifecycle and the resources as they are.
    handlers[event.type]?.(model, at, (event.data ?? {}) as Data)
    model.events.push({ sequence: event.sequence, type: event.type, actor: event.actor })
    model.lastAt = at
  }
  model.position = position
}

type Data = { readonly [name: string]: unknown }

type Fold = (model: SubscriptionModel, at: number, data: Data) => void

const handlers: { readonly [type: string]: Fold } = {
  SubscriptionCreated: (m, at, data) => {
    m.offer = String(data['offer'])
    m.administrator = String(data['accountAdministrator'])
    m.generation = 1
    m.createdAt = at
    m.intervals.push({ from: at, to: null })
    beginTerm(m, at, data)
  },
  TermRenewed: (m, at, data) => {
    const ended = m.term !== null && m.term.renews && at >= m.term.endsAt
    keep(11, ended && m.suspendedSince === null, () => `${m.id}: renewed out of turn`)
    m.term = { endsAt: instantIn(data['endsAt']), renews: true }
    const months = commitments[m.offer] ?? 0
    const whole = monthsFrom(m.createdAt, months, m.term.endsAt)
    keep(11, whole && m.term.endsAt > at, () => `${m.id}: renewed until ${m.term?.endsAt}`)
    m.facts += 1
  },
  RenewalChanged: (m, at, data) => {
    const { term } = m
    const renews = data['renews'] === true
    const serves = term !== null && !m.suspensions.has('Expired') && at < term.endsAt
    keep(11, serves || !renews, () => `${m.id}: resumed after its term`)
    if (term !== null) m.term = { ...term, renews }
    m.facts += 1
  },
  OfferChanged: (m, _at, data) => {
    keep(11, m.offer === 'FreeTrial', () => `${m.id}: no trial, and upgraded`)
    m.offer = String(data['offer'])
    m.term = null
    m.facts += 1
  },
  SubscriptionSuspended: suspend,
  SuspensionLifted: lift,
  SubscriptionDisabled: (m, at) => {
    keep(13, m.suspendedSince !== null, () => `${m.id}: disabled without a suspension`)
    keep(6, m.confirmedAt === null, () => `${m.id}: disabled twice`)
    m.confirmedAt = at
    m.facts += 1
  },
  SubscriptionPurgeStarted: (m, at, data) => {
    keep(6, m.purgeStartedAt === null, () => `${m.id}: its purge began twice`)
    const early = data['early'] === true
    keep(3, m.purgeAt !== null, () => `${m.id}: purged without a date`)
    if (early) {
      const since = m.deletableFrom
      keep(
        3,
        m.earlyEndAsked && since !== null && at >= since,
        () => `${m.id}: ended early unasked`,
      )
    } else keep(3, at >= (m.purgeAt ?? at + 1), () => `${m.id}: purge began before its date`)
    m.purgeStartedAt = at
    m.generation += 1
    m.facts += 1
  },
  SubscriptionPurged: (m, at, data) => {
    keep(6, m.purgedAt === null, () => `${m.id}: purged twice`)
    keep(3, m.purgeStartedAt !== null, () => `${m.id}: purged before the purge began`)
    m.purgedAt = at
    // What was destroyed a moment before can be read no more: the evidence names it.
    const { stores } = data['evidence'] as { stores: readonly { uid: string }[] }
    const named = new Set(stores.map((store) => store.uid))
    for (const [uid, resource] of m.resources) {
      keep(3, named.has(uid), () => `${m.id}: no evidence of what became of ${uid}`)
      resource.destroyed = true
    }
  },
  ResourceCreated: (m, _at, data) => {
    const host = String(data['host'])
    m.resources.set(String(data['uid']), { host, deleted: false, destroyed: false })
    keep(4, m.suspendedSince === null, () => `${m.id}: a resource was made while suspended`)
    m.facts += 1
  },
  ResourceDeleted: (m, _at, data) => {
    const resource = m.resources.get(String(data['uid']))
    if (resource !== undefined) resource.deleted = true
    m.facts += 1
  },
  ResourceDestroyed: (m, _at, data) => {
    const resource = m.resources.get(String(data['uid']))
    keep(6, resource?.destroyed !== true, () => `${m.id}: a resource was destroyed twice`)
    if (resource !== undefined) resource.destroyed = true
  },
  ResourceGroupDeletionStarted: (m) => {
    m.facts += 1
  },
}

function suspend(m: SubscriptionModel, at: number, data: Data): void {
  const reason = String(data['reason'])
  const { retention, early } = terms[m.offer] ?? { retention: 0, early: 0 }
  keep(6, !m.suspensions.has(reason), () => `${m.id}: suspended twice for ${reason}`)
  const full = at + retention * day
  const cancel = reason === 'Cancelled'
  const supports = isSupport(m)
  keep(11, !(supports && cancel), () => `${m.id}: a commitment was cancelled before its term`)
  const due = m.purgeAt === null ? full : cancel ? Math.max(m.purgeAt, full) : m.purgeAt
  const wanted = supports ? null : due
  keep(3, data['purgeAt'] === wanted, () => `${m.id}: purge planned for ${String(data['purgeAt'])}`)
  if (cancel) {
    const from = at + early * day
    keep(3, data['deletableFrom'] === from, () => `${m.id}: may be ended from a wrong date`)
    m.cancelledAt = at
    m.deletableFrom = from
  }
  m.purgeAt = wanted
  if (m.suspensions.size === 0) {
    m.suspendedSince = at
    m.generation += 1
    const open = m.intervals.at(-1)
    if (open !== undefined) open.to = at
  }
  m.suspensions.set(reason, at)
  m.facts += 1
}

function lift(m: SubscriptionModel, at: number, data: Data): void {
  const reason = String(data['reason'])
  keep(6, m.suspensions.delete(reason), () => `${m.id}: ${reason} was lifted and did not hold`)
  keep(3, m.purgeStartedAt === null, () => `${m.id}: came back after its purge had begun`)
  m.facts += 1
  if (reason === 'Cancelled') {
    m.cancelledAt = null
    m.deletableFrom = null
  }
  if (m.suspensions.size > 0) return
  m.generation += 1
  m.readOnlyAnswered = false
  m.suspendedSince = null
  m.confirmedAt = null
  m.deletableFrom = null
  m.purgeAt = null
  m.intervals.push({ from: at, to: null })
}

function beginTerm(m: SubscriptionModel, at: number, data: Data): void {
  const term = data['term'] as { endsAt: unknown; renews: boolean } | null
  m.term = term === null ? null : { endsAt: instantIn(term.endsAt), renews: term.renews }
  const months = commitments[m.offer]
  const trialEnds = m.offer === 'FreeTrial' ? at + 30 * day : null
  const wanted = months === undefined ? trialEnds : monthAfter(at, months)
  const endsAt = m.term?.endsAt ?? null
  keep(11, endsAt === wanted, () => `${m.id}: ${m.offer} until ${endsAt}, not ${wanted}`)
}

/** Instants are numbers in events. */
function instantIn(value: unknown): number {
  keep(13, typeof value === 'number', () => `no instant: ${String(value)}`)
  return Number(value)
}

/** The same day of the month and time so many months later, or the month's last day. */
export function monthAfter(at: number, months: number): number {
  const date = new Date(at)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, days))
  return date.getTime()
}

/** Whether an end is a whole number of terms of so many months after the beginning. */
function monthsFrom(at: number, months: number, end: number): boolean {
  for (let terms = 1; months > 0 && monthAfter(at, terms * months) <= end; terms += 1) {
    if (monthAfter(at, terms * months) === end) return true
  }
  return false
}

function iso(time: { readonly from: number; readonly to: number }): string {
  return `${new Date(time.from).toISOString()} to ${new Date(time.to).toISOString()}`
}
