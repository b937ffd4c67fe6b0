import { refusals } from '../../api/refusals.ts'
import type { Instant } from '../../server/kernel/instant.ts'
import { RequestRefused } from '../../server/pipeline/operation.ts'
import { serve } from '../../server/pipeline/request-path.ts'
import { PromiseBroken, keep } from './broken.ts'
import type { Core, SimulatedNode } from './core.ts'
import { NodeCrashed } from './database.ts'
import type { SubscriptionModel } from './model.ts'
import { type Act, type Person, may } from './rights.ts'
import { lifeOf } from './rows.ts'
import { startTask } from './task.ts'

/** What the client is told. `code`: the refusal's name, or null. */
export type Answer = {
  readonly status: number
  readonly code: string | null
  readonly body: { readonly [name: string]: unknown }
}

/** A command by somebody to somebody's subscription. */
export type On = {
  readonly core: Core
  readonly node: SimulatedNode
  readonly person: Person
  readonly model: SubscriptionModel
}

export type Asked = {
  readonly operation: string
  readonly person: Person
  readonly params: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: string }
  readonly body?: unknown
  /** The act and what it is asked on; its answer is judged by who may. */
  readonly act?: { readonly act: Act; readonly model: SubscriptionModel }
  readonly onAnswer?: (answer: Answer) => void
}

/** Sends a request to a node, through every check that a real one passes. */
export function send(core: Core, node: SimulatedNode, asked: Asked): void {
  const found = node.operations.get(asked.operation)
  if (found === undefined) throw new PromiseBroken(null, `no operation ${asked.operation}`)
  const { operation, parse } = found
  const { person, params } = asked
  const path = pathOf(operation.paths, params)
  const token = `${person.tenantId}.${person.principalId}`
  const rights = asked.act === undefined ? null : may(core, person, asked.act.act, asked.act.model)
  const startedAt = core.step
  startTask(core, {
    label: asked.operation,
    node,
    run: () =>
      serve(
        operation,
        parse,
        {
          path,
          params,
          query: { ...asked.query, 'api-version': operation.apiVersions.at(-1) ?? '' },
          headers: { authorization: `Bearer ${token}` },
          body: asked.body,
          realNow: core.clock.now(),
          requestId: String(core.step),
        },
        { db: node.parts.database.db, verifyAccessToken, publicUrl: () => 'https://localhost' },
      ),
    onEnd: (outcome) => {
      const answer = answerOf(asked, outcome)
      if (answer === null) return
      core.trace.push(`  ${asked.operation} ${answer.status} ${answer.code ?? ''}`)
      if (asked.act !== undefined) judge(core, asked, rights, answer, startedAt)
      asked.onAnswer?.(answer)
    },
  })
}

/** The one of an operation's paths that takes just these parameters, with them. */
function pathOf(paths: readonly string[], params: Asked['params']): string {
  const wanted = Object.keys(params).toSorted().join()
  const named = (path: string): string =>
    [...path.matchAll(/:(\w+)/g)]
      .map(([, name]) => name)
      .toSorted((a = '', b = '') => (a < b ? -1 : 1))
      .join()
  const template = paths.find((path) => named(path) === wanted)
  if (template === undefined) throw new PromiseBroken(null, `no path with ${wanted}`)
  return template.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '')
}

function answerOf(
  asked: Asked,
  outcome: { readonly value: { status: number; body?: unknown } } | { readonly error: unknown },
): Answer | null {
  if ('value' in outcome) {
    const { status, body } = outcome.value
    return { status, code: null, body: (body ?? {}) as Answer['body'] }
  }
  const { error } = outcome
  // The planted loss of a node in the middle of its work: its client hears nothing.
  if (error instanceof NodeCrashed) return null
  if (error instanceof RequestRefused) {
    const { name } = error.refusal
    return { status: refusals[name].status, code: name, body: {} }
  }
  if (error instanceof PromiseBroken) throw error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  throw new PromiseBroken(null, `${asked.operation} was answered with 500: ${text}`)
}

/**
 * Promise 12: who may is admitted, who may not is told so, and who must not see it finds nothing.
 */
function judge(
  core: Core,
  { operation, act }: Asked,
  rights: ReturnType<typeof may> | null,
  answer: Answer,
  startedAt: number,
): void {
  if (act === undefined) return
  const { id } = act.model
  const told = answer.status === 403 ? 'may not' : answer.status === 404 ? 'unseen' : 'may'
  if (rights === 'may') {
    keep(12, told !== 'may not', () => `${operation} on ${id} was refused to one who may`)
    return
  }
  keep(12, told === rights, () => `${operation} on ${id}: ${answer.status} to one who ${rights}`)
  const unchanged = lifeOf(core.before, id) === lifeOf(core.rows, id)
  keep(
    12,
    unchanged || core.step !== startedAt,
    () => `${operation} on ${id} changed it all the same`,
  )
}

const verifyAccessToken = async (token: string | null, _now: Instant) => {
  const [tenantId = '', objectId = ''] = (token ?? '').split('.')
  const kind = 'ServicePrincipal' as const
  return { tenantId, objectId, appId: objectId, kind, audience: 'management' }
}
