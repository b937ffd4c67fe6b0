import { sql } from 'kysely'
import {
  type EventRecorder,
  createEventRecorder,
  subscriptionStream,
} from '../../server/events/record.ts'
import { addDays } from '../../server/kernel/instant.ts'
import type { ResourceProvider } from '../../server/providers/contract.ts'
import { decidePurge } from '../../server/subscriptions/purge.ts'
import { recordLifecycle } from '../../server/subscriptions/record-lifecycle.ts'
import { lockSubscription } from '../../server/subscriptions/store.ts'
import { type Core, type Plant, pause } from './core.ts'
import { Lifeline } from './database.ts'
import type { Damage } from './sabotage.ts'

/** A statement that is damaged wherever it is sent. */
export function damage(pattern: RegExp, how: Damage): Plant {
  return { sabotage: () => (statement) => (pattern.test(statement) ? how : null) }
}

/** An order of work that is lost. */
export function withoutOrder(kind: string): Plant {
  return {
    sabotage: () => (statement, parameters) =>
      statement.startsWith('insert into "work"') && parameters.includes(kind) ? 'skip' : null,
  }
}

/** A further statement after every cancel, whatever its answer. */
export function afterCancel(statement: string): Plant {
  return aroundCancel(async (core) => {
    await sql.raw(statement).execute(core.database.db)
  })
}

/** A further statement after the cancel of what is cancelled already, on that subscription. */
export function onRepeatedCancel(statement: string): Plant {
  return aroundCancel(async (core, id, repeated) => {
    if (!repeated) return
    await sql.raw(`${statement} where subscription_id = '${id}'`).execute(core.database.db)
  })
}

export const suspendsAgain: Plant = aroundCancel(async (core, id, repeated) => {
  const model = core.models.get(id)
  if (!repeated || model === undefined) return
  const events = createEventRecorder(core)
  const data = { reason: 'Cancelled', deletableFrom: model.deletableFrom, purgeAt: model.purgeAt }
  await core.database.transaction(async (tx) => {
    const found = await lockSubscription(tx, id, core.clock.now())
    if (found === null) return
    const draft = { type: 'SubscriptionSuspended', at: found.now, actor: 'system', data }
    const stream = subscriptionStream(model.tenantId, id)
    await events.record(tx, stream, [draft], core.clock.now())
  })
})

function aroundCancel(
  bug: (core: Core, subscriptionId: string, repeated: boolean) => Promise<void>,
): Plant {
  return {
    operation: (operation, core) => {
      if (operation.name !== 'Subscription_Cancel') return operation
      return {
        ...operation,
        handle: async (request) => {
          const id = String(request.params['subscriptionId'])
          const model = core.models.get(id)
          const live = model?.purgeStartedAt === null
          const repeated = live && model.suspensions.has('Cancelled')
          const answer = await operation.handle(request)
          await bug(core, id, repeated)
          return answer
        },
      }
    },
  }
}

/** Begins the purge together with the suspension's effects. */
export const purgesEarly: Plant = {
  handlers: (handlers, parts, core) => ({
    ...handlers,
    'spread-effects': async (work) => {
      await parts.database.transaction(async (tx) => {
        const found = await lockSubscription(tx, work.key, core.clock.now())
        if (found === null) return
        const decided = decidePurge(found.lifecycle, addDays(found.now, 91))
        if (!decided.accepted) return
        const events = decided.value.map((event) => ({ ...event, at: found.now }))
        const context = { actor: 'system', realNow: core.clock.now() }
        await recordLifecycle(tx, found, events, context, parts)
      })
      return (await handlers['spread-effects']?.(work)) ?? { done: true }
    },
  }),
}

const answered = [
  'Alias_Create',
  'Subscription_Cancel',
  'Subscription_Enable',
  'Subscription_Rename',
]

/** Now and then the transaction of a request is rolled back and answered as if it were stored. */
export function answersBeforeCommit(): Plant {
  let losing = false
  class Lost extends Error {}
  return {
    operation: (operation, core) => {
      if (!answered.includes(operation.name)) return operation
      return {
        ...operation,
        handle: (request) => {
          losing = core.step % 3 === 0
          return operation.handle(request)
        },
      }
    },
    database: (database) => ({
      ...database,
      transaction: async (work, label, limits) => {
        if (!losing) return database.transaction(work, label, limits)
        losing = false
        const kept: Awaited<ReturnType<typeof work>>[] = []
        await database
          .transaction(async (tx) => {
            kept.push(await work(tx))
            throw new Lost()
          })
          .catch((error: unknown) => {
            if (!(error instanceof Lost)) throw error
          })
        return kept[0] as Awaited<ReturnType<typeof work>>
      },
    }),
  }
}

/** One slow thing holds up all that come after it. */
export function oneAtATime(provider: ResourceProvider): ResourceProvider {
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...provider,
    apply: (wanted, signal) => {
      const answer = last.then(() => provider.apply(wanted, signal))
      last = answer.catch(() => {})
      return answer
    },
  }
}

export function forgets(events: EventRecorder, type: string): EventRecorder {
  return {
    ...events,
    record: (tx, stream, drafts, recordedAt) =>
      events.record(
        tx,
        stream,
        drafts.filter((draft) => draft.type !== type),
        recordedAt,
      ),
  }
}

export const skipsHash: Plant = {
  events: (events) => ({
    ...events,
    record: async (tx, stream, drafts, recordedAt) => {
      await events.record(tx, stream, drafts, recordedAt)
      await sql`update events e set previous_hash = (
          select f.previous_hash from events f where f.tenant_id = e.tenant_id
            and f.stream = e.stream and f.sequence = e.sequence - 1)
        where tenant_id = ${stream.tenantId}::uuid and stream = ${stream.stream}
          and sequence = (select max(sequence) from events f where f.tenant_id = e.tenant_id
            and f.stream = e.stream) and sequence > 2`.execute(tx)
    },
  }),
}

/** Work that has been done is always settled late: time to ask for it again. */
export const slowToSettle: Plant = {
  handlers: (handlers, _parts, core) =>
    Object.fromEntries(
      Object.entries(handlers).map(([kind, handler]) => [
        kind,
        async (work) => {
          const outcome = await handler(work)
          // Released with whatever else is slow: whose node it is does not matter here.
          await pause(core, new Lifeline(), 25)
          return outcome
        },
      ]),
    ),
}
