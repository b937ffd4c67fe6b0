import type { Answer } from '../../api/client-answer.ts'

type ErrorBody = { readonly error?: { readonly code?: string; readonly message?: string } } | null

/** `200`, `404 ResourceGroupNotFound`: the status and, of an error, its code. */
export function shortOf(answer: Answer): string {
  // HEAD is answered without a body; its code is in the header, as Azure has it.
  const code = (answer.body as ErrorBody)?.error?.code ?? answer.headers['x-ms-error-code']
  return code === undefined ? String(answer.status) : `${answer.status} ${code}`
}

export function messageOf(answer: Answer): string {
  return (answer.body as ErrorBody)?.error?.message ?? ''
}

/** The roles that a refusal names, in its words. */
export function namedRoles(answer: Answer): readonly string[] {
  const list = / Who may: (.*?), or a custom role/.exec(messageOf(answer))?.[1]
  return list === undefined ? [] : list.split(', ')
}

/** All that a client can tell two answers apart by, with what he sent himself taken out. */
export function shapeOf(answer: Answer, sent: readonly string[]): string {
  const perRequest = /^(date|x-ms-(request|correlation-request|routing-request)-id|content-length)$/
  const headers = Object.entries(answer.headers).filter(([name]) => !perRequest.test(name))
  let text = JSON.stringify([answer.status, headers.sort(byName), answer.body])
  for (const one of sent) text = text.replaceAll(one, '<sent>')
  return text
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
