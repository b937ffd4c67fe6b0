import { type RefusalName, refusals } from '../../api/refusals.ts'
import type { Operation } from './operation.ts'

type Document = { readonly [name: string]: unknown }

/**
 * The API as OpenAPI 3.1, made from the same table that serves it: what is published is what there
 * is. Of an operation's several paths each is one entry.
 */
export function openApiDocument(
  operations: readonly Operation[],
  about: { readonly version: string; readonly publicUrl: string },
): Document {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    operation.paths.forEach((path, index) => {
      const entry = (paths[templateOf(path)] ??= {})
      entry[operation.method.toLowerCase()] = describe(operation, path, index)
    })
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Reprieve',
      version: about.version,
      description: 'Azure Resource Manager, and Reprieve.Lifecycle for what it lacks.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: about.publicUrl }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Error: errorSchema },
    },
  }
}

function describe(operation: Operation, path: string, index: number): Document {
  const { body, apiVersions, whenSuspended } = operation
  const action = operation.action ?? operation.asks ?? null
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const version = {
    name: 'api-version',
    in: 'query',
    required: true,
    schema: { type: 'string', enum: [...apiVersions] },
  }
  return {
    // The same operation on several scopes: each entry needs a name of its own.
    operationId: index === 0 ? operation.name : `${operation.name}_${index + 1}`,
    tags: [operation.type.split('/')[0]],
    ...(action === null ? {} : { 'x-action': action }),
    'x-when-suspended': whenSuspended,
    parameters: [...parameters, version],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: operation.bodyOptional !== true,
            content: { 'application/json': { schema: body } },
          },
        }),
    responses: {
      '2XX': { description: 'Done, or accepted and going on' },
      default: {
        description: 'Refused: the code is never translated, the message says cause and remedy',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

const codes = (Object.keys(refusals) as RefusalName[]).map((name) => refusals[name].code)

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', enum: [...new Set(codes)].sort() },
        message: { type: 'string' },
      },
    },
  },
}
