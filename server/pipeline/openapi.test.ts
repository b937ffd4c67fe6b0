import { expect, test } from 'vitest'
import { openApiDocument } from './openapi.ts'
import type { Operation } from './operation.ts'

const operation: Operation = {
  name: 'Things_Put',
  method: 'PUT',
  paths: ['/a/:thing', '/b/:place/c/:thing'],
  type: 'Reprieve.Lifecycle/things',
  apiVersions: ['2026-11-01'],
  action: 'Reprieve.Lifecycle/things/write',
  whenSuspended: { refuse: 'a test' },
  body: { type: 'object' },
  handle: async () => ({ status: 200 }),
}

test('what is published is the table that serves: every path, parameter, version and body', () => {
  const about = { version: '1.2.3', publicUrl: 'https://cloud.test' }
  const document = openApiDocument([operation, { ...operation, method: 'GET' }], about)
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'https://cloud.test' }] })
  const paths = document['paths'] as Record<string, Record<string, Record<string, unknown>>>
  expect(Object.keys(paths)).toEqual(['/a/{thing}', '/b/{place}/c/{thing}'])
  expect(Object.keys(paths['/a/{thing}']!)).toEqual(['put', 'get'])
  const second = paths['/b/{place}/c/{thing}']!['put']!
  expect(second['operationId']).toBe('Things_Put_2')
  expect(second['parameters']).toMatchObject([
    { name: 'place', in: 'path', required: true },
    { name: 'thing', in: 'path', required: true },
    { name: 'api-version', in: 'query', schema: { enum: ['2026-11-01'] } },
  ])
  expect(second['requestBody']).toMatchObject({ required: true })
})
