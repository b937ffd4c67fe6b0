import { readGate } from '../../server/installation/read-gate.ts'
import type { PlantedBug } from './planted-bug.ts'
import { moneyBugs } from './money-bugs.ts'
import {
  afterCancel,
  answersBeforeCommit,
  damage,
  forgets,
  onRepeatedCancel,
  oneAtATime,
  purgesEarly,
  skipsHash,
  slowToSettle,
  suspendsAgain,
  withoutOrder,
} from './plants.ts'

const day = 86_400_000

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a cancel that leaves the billable interval open',
    promise: 1,
    plant: damage(/^update "billable_intervals" set "closed_at"/, 'skip'),
  },
  {
    name: 'a way back that does not charge again',
    promise: 1,
    plant: {
      sabotage: (core) => (statement, parameters) =>
        statement.startsWith('insert into billable_intervals') &&
        core.models.has(String(parameters[1]))
          ? 'skip'
          : null,
    },
  },
  { name: 'a purge that does not wait for its date', promise: 3, plant: purgesEarly },
  {
    name: 'a purge whose order is lost',
    promise: 3,
    plant: withoutOrder('purge'),
  },
  {
    name: 'a purge that is ordered for the day before',
    promise: 3,
    plant: afterCancel(`update work set due_at = due_at - ${day} where kind = 'purge'`),
  },
  {
    name: 'effects that are ordered and lost',
    promise: 3,
    plant: withoutOrder('spread-effects'),
  },
  {
    name: 'an order that is erased although it was asked for again',
    promise: 3,
    plant: { ...damage(/^delete from "work" where "work_id"/, 'firstCondition'), ...slowToSettle },
  },
  {
    name: 'a gate that remembers its answer',
    promise: 4,
    plant: {
      readGate: (db) => {
        const known = new Map<string, Awaited<ReturnType<typeof readGate>>>()
        return async (uid) => {
          const answer = known.get(uid) ?? (await readGate(db, uid))
          known.set(uid, answer)
          return answer
        }
      },
    },
  },
  {
    name: 'a cancel that is answered while writes are under way',
    promise: 4,
    plant: { barrier: async () => {} },
  },
  {
    name: 'a step that is taken while resources are not yet as they should be',
    promise: 4,
    plant: damage(/^select "r"\."uid" from "resources" as "r" inner join/, 'skip'),
  },
  {
    name: 'a store that loses what it holds when it goes offline',
    promise: 5,
    plant: { losesData: true },
  },
  {
    name: 'a repeated cancel that moves the date of the purge',
    promise: 6,
    plant: onRepeatedCancel(`update subscriptions set purge_at = purge_at + ${day}`),
  },
  { name: 'a repeated cancel that is recorded again', promise: 6, plant: suspendsAgain },
  {
    name: 'a plan that is carried out although the facts have changed',
    promise: 7,
    plant: damage(/^update "subscriptions" set "plan_version" = plan_version \+ 1/, 'skip'),
  },
  { name: 'an answer whose change is rolled back', promise: 9, plant: answersBeforeCommit() },
  {
    name: 'a provider that serves one call after the other',
    promise: 10,
    plant: { provider: oneAtATime },
  },
  {
    name: 'stored sizes that nobody samples',
    promise: 11,
    plant: damage(/^select "r"\."uid", "r"\."tenant_id", "r"\."subscription_id"/, 'skip'),
  },
  {
    name: 'an interval that ends and is followed by none',
    promise: 11,
    plant: {
      sabotage: () => (statement) =>
        /^insert into resource_intervals\s[^]*interval_number \+ 1, closed_at/.test(statement)
          ? 'skip'
          : null,
    },
  },
  {
    name: 'a cancel that asks for no right',
    promise: 12,
    plant: {
      operation: (operation) =>
        operation.name === 'Subscription_Cancel' ? { ...operation, action: null } : operation,
    },
  },
  {
    name: 'subscriptions that are found in every tenant',
    promise: 12,
    plant: damage(
      / where "s"\."subscription_id" = \$1 and "s"\."tenant_id" = \$2$/,
      'firstCondition',
    ),
  },
  { name: 'a chain that skips a hash', promise: 13, plant: skipsHash },
  {
    name: 'a change without its event',
    promise: 13,
    plant: { events: (events) => forgets(events, 'SubscriptionDisabled') },
  },
  {
    name: 'a row that is changed past its history',
    promise: 13,
    plant: afterCancel('update subscriptions set generation = generation + 1'),
  },
  {
    name: 'a clock that takes all others along',
    promise: 14,
    plant: damage(/^update "test_clocks" set "now_at"/, 'everywhere'),
  },
  {
    name: 'a purge that follows real time although its account has a clock',
    promise: 14,
    plant: afterCancel("update work set clock_key = null where kind = 'purge'"),
  },
  ...moneyBugs,
]
