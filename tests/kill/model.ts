import { type Uncertain, uncertain } from './uncertain.ts'

/** Where a subscription stands once everything is done. `None`: it was never made. */
export type Standing = 'None' | 'Enabled' | 'Cancelled' | 'Deleted'

/** A blob by the number of its version; null: there is none. Its bytes follow from the two. */
export type ModelBlob = { readonly name: string; readonly version: Uncertain<number | null> }

export type ModelAccount = {
  readonly name: string
  readonly group: string
  /** Of this account alone: a write that comes late must not reach the next one of its name. */
  readonly containerName: string
  readonly exists: Uncertain<boolean>
  readonly container: Uncertain<boolean>
  readonly blobs: Map<string, ModelBlob>
}

export type ModelGroup = { readonly name: string; readonly exists: Uncertain<boolean> }

/** A role of somebody: the assignment's id, or null when there is none. */
export type ModelRole = { readonly roleId: string; readonly assignment: Uncertain<string | null> }

export type ModelSubscription = {
  /** Of the alias, and what is shown. */
  readonly name: string
  /** Known once an answer or a look at the alias has told it. */
  id: string | null
  readonly standing: Uncertain<Standing>
  /** On the test clock, epoch milliseconds: the end of the retention, if a cancel was sent. */
  purgeAt: number | null
  /** Of this process' monotonic clock: when the cancel's answer came. */
  cancelAnsweredAt: number | null
  readonly groups: Map<string, ModelGroup>
  /** In the order in which they were made; a name may come again. */
  readonly accounts: ModelAccount[]
  readonly roles: Map<string, ModelRole>
  /** The last event that was seen: it must stay, whatever happens. */
  head: { readonly sequence: number; readonly hash: string } | null
}

/** What one crew did, and what it was told. Its billing account and clock are its own. */
export type Crew = {
  readonly name: string
  readonly clock: string
  readonly billingScope: string
  /** The test clock, epoch milliseconds. */
  readonly now: Uncertain<number>
  subscription: ModelSubscription | null
  readonly ended: ModelSubscription[]
  made: number
  accountsMade: number
  /**
   * Odd while something is under way that decides whether writes pass. The same even number before
   * and after a write: nothing of the kind happened meanwhile.
   */
  disturbances: number
}

export function newCrew(facts: Pick<Crew, 'name' | 'clock' | 'billingScope'>, now: number): Crew {
  return {
    ...facts,
    now: uncertain(now),
    subscription: null,
    ended: [],
    made: 0,
    accountsMade: 0,
    disturbances: 0,
  }
}

export function newSubscription(name: string): ModelSubscription {
  return {
    name,
    id: null,
    standing: uncertain<Standing>('None'),
    purgeAt: null,
    cancelAnsweredAt: null,
    groups: new Map(),
    accounts: [],
    roles: new Map(),
    head: null,
  }
}

export function newAccount(name: string, group: string, number: number): ModelAccount {
  const [exists, container] = [uncertain<boolean>(false), uncertain<boolean>(false)]
  return { name, group, containerName: `files${number}`, exists, container, blobs: new Map() }
}

/** Accounts that may be there. */
export function accountsOf(subscription: ModelSubscription): readonly ModelAccount[] {
  return subscription.accounts.filter(({ exists }) => !exists.isSurely(false))
}

/** Everything in a group goes with it. */
export function membersGo(
  subscription: ModelSubscription,
  group: string | null,
  how: 'acknowledged' | 'unanswered',
): void {
  for (const account of accountsOf(subscription)) {
    if (group !== null && account.group !== group) continue
    if (how === 'acknowledged') account.exists.acknowledge(false)
    else account.exists.mayBecome(false)
  }
}

export function idOf(subscription: ModelSubscription): string {
  if (subscription.id === null) throw new Error(`the id of ${subscription.name} is not known yet`)
  return subscription.id
}
