import {
  assignableRoles,
  changeRole,
  create,
  deleteAccount,
  deleteGroup,
  putAccount,
  putContainer,
  putGroup,
} from './content-steps.ts'
import { advance, cancel, deleteEarly, enable } from './lifecycle-steps.ts'
import type { Load, Outcome } from './load.ts'
import { type Crew, type ModelAccount, type ModelSubscription, accountsOf } from './model.ts'

/**
 * One client that changes things, one after the other, until the round is over or an outcome is not
 * known: then only a look at the state can tell how to go on.
 */
export async function runCrew(load: Load, crew: Crew): Promise<void> {
  while (!load.isOver()) {
    const outcome = await stepOf(load, crew)
    if (outcome === 'unanswered' || outcome === 'accepted') return
  }
}

/** Odd while it is under way: a write in between may go either way. */
async function disturb(crew: Crew, work: () => Promise<Outcome>): Promise<Outcome> {
  crew.disturbances += 1
  const outcome = await work()
  // What was not answered may still be under way: it stays odd until the state was looked at.
  if (outcome === 'acknowledged' || outcome === 'refused') crew.disturbances += 1
  return outcome
}

async function stepOf(load: Load, crew: Crew): Promise<Outcome> {
  const { subscription } = crew
  if (subscription === null || subscription.standing.isSurely('None')) {
    return disturb(crew, () => create(load, crew))
  }
  if (subscription.standing.isSurely('Deleted')) {
    crew.ended.push(subscription)
    crew.subscription = null
    return 'acknowledged'
  }
  return subscription.standing.isSurely('Cancelled')
    ? stepInRetention(load, crew, subscription)
    : stepInUse(load, crew, subscription)
}

async function stepInUse(
  load: Load,
  crew: Crew,
  subscription: ModelSubscription,
): Promise<Outcome> {
  const groups = [...subscription.groups.values()].filter(({ exists }) => exists.isSurely(true))
  const [group] = groups
  if (group === undefined) return putGroup(load, subscription, 'first')
  const accounts = accountsOf(subscription)
  const bare = accounts.find(({ container }) => !container.isSurely(true))
  if (bare !== undefined) return putContainer(load, bare)
  if (accounts.length === 0) return addAccount(load, crew, subscription, group.name)
  const { dice } = load
  switch (
    dice.weighted({ group: 2, leave: 1, account: 2, drop: 1, role: 6, advance: 3, cancel: 4 })
  ) {
    case 'group':
      return putGroup(load, subscription, 'second')
    case 'leave':
      return disturb(crew, () => deleteGroup(load, subscription, dice.pick(groups)))
    case 'account':
      if (accounts.length > 1) return changeRole(load, subscription, dice.pick(assignableRoles))
      return addAccount(load, crew, subscription, dice.pick(groups).name)
    case 'drop':
      return disturb(crew, () => deleteAccount(load, subscription, dice.pick(accounts)))
    case 'role':
      return changeRole(load, subscription, dice.pick(assignableRoles))
    case 'advance':
      return advance(load, crew, subscription, 1 + dice.below(20))
    case 'cancel':
      return disturb(crew, () => cancel(load, crew, subscription))
  }
}

async function stepInRetention(
  load: Load,
  crew: Crew,
  subscription: ModelSubscription,
): Promise<Outcome> {
  const { dice } = load
  const accounts = accountsOf(subscription)
  switch (
    dice.weighted({ again: 2, enable: 9, group: 2, role: 1, drop: 1, wait: 2, end: 2, early: 1 })
  ) {
    case 'again':
      return cancel(load, crew, subscription)
    case 'enable':
      return disturb(crew, () => enable(load, subscription))
    case 'group':
      return putGroup(load, subscription, 'third')
    case 'role':
      return changeRole(load, subscription, dice.pick(assignableRoles))
    case 'drop':
      if (accounts.length === 0) return cancel(load, crew, subscription)
      return disturb(crew, () => deleteAccount(load, subscription, dice.pick(accounts)))
    case 'wait':
      return disturb(crew, () => advance(load, crew, subscription, 1 + dice.below(20)))
    case 'end':
      return disturb(crew, () => advance(load, crew, subscription, 95))
    case 'early':
      return disturb(crew, () => deleteEarly(load, crew, subscription))
  }
}

/** Names come again: one that is free must be free for a new account, which then is empty. */
async function addAccount(
  load: Load,
  crew: Crew,
  subscription: ModelSubscription,
  group: string,
): Promise<Outcome> {
  const taken = new Set(accountsOf(subscription).map(({ name }: ModelAccount) => name))
  const names = [0, 1, 2].map((number) => `${crew.name}store${number}`)
  const free = names.filter((name) => !taken.has(name))
  crew.accountsMade += 1
  const number = crew.accountsMade
  return putAccount(load, subscription, { name: load.dice.pick(free), group, number })
}
