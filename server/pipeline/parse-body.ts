import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FieldProblem } from '../../api/refusals.ts'
import { isStorable } from '../resources/storable.ts'
import { type Operation, refuseRequest } from './operation.ts'

/** Nothing is coerced and nothing dropped: what is stored is what was asked, or nothing is. */
const ajv = new Ajv({
  strict: true,
  allErrors: false,
  verbose: true,
  coerceTypes: false,
  removeAdditional: false,
})

export type BodyParser = (body: unknown) => unknown

/** Compiled once per operation, when the routes are made. */
export function bodyParser(operation: Operation): BodyParser {
  if (operation.body === undefined) return () => undefined
  const validate = ajv.compile(operation.body)
  return (body) => {
    if (body === undefined || body === null) {
      if (operation.bodyOptional === true) return undefined
      refuseRequest('missingBody', {})
    }
    if (!validate(body)) refuseInvalid(validate)
    if (!isStorable(body)) {
      refuseRequest('invalidContent', { field: 'body', problem: { kind: 'invalid' } })
    }
    return body
  }
}

function refuseInvalid(validate: ValidateFunction): never {
  const error = validate.errors?.[0]
  if (error === undefined) refuseRequest('missingBody', {})
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  refuseRequest('invalidContent', {
    field: [...path, ...lastPart(error)].join('.') || 'body',
    problem: problemOf(error),
  })
}

function lastPart(error: ErrorObject): string[] {
  if (error.keyword === 'required') return [String(error.params['missingProperty'])]
  if (error.keyword === 'additionalProperties') return [String(error.params['additionalProperty'])]
  return []
}

function problemOf(error: ErrorObject): FieldProblem {
  const { keyword, params } = error
  switch (keyword) {
    case 'required':
      return { kind: 'required' }
    case 'additionalProperties':
      return { kind: 'unknown' }
    case 'type':
      return { kind: 'type', expected: String(params['type']) }
    case 'enum':
      return { kind: 'oneOf', values: (params['allowedValues'] as unknown[]).map(String) }
    case 'const':
      return { kind: 'oneOf', values: [String(params['allowedValue'])] }
    case 'pattern':
      return { kind: 'pattern', pattern: String(params['pattern']) }
    case 'minLength':
    case 'maxLength':
      return lengthProblem(error)
    case 'minimum':
    case 'maximum':
      return rangeProblem(error)
    default:
      return { kind: 'invalid' }
  }
}

function lengthProblem(error: ErrorObject): FieldProblem {
  const schema = (error.parentSchema ?? {}) as { minLength?: number; maxLength?: number }
  const limit = Number(error.params['limit'])
  return {
    kind: 'length',
    min: schema.minLength ?? (error.keyword === 'minLength' ? limit : 0),
    max: schema.maxLength ?? (error.keyword === 'maxLength' ? limit : Number.MAX_SAFE_INTEGER),
  }
}

function rangeProblem(error: ErrorObject): FieldProblem {
  const schema = (error.parentSchema ?? {}) as { minimum?: number; maximum?: number }
  const limit = Number(error.params['limit'])
  return { kind: 'range', min: schema.minimum ?? limit, max: schema.maximum ?? limit }
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
