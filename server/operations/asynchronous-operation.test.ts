import { expect, test } from 'vitest'
import { instant } from '../kernel/instant.ts'
import {
  type AsynchronousOperation,
  type OperationProgress,
  acceptedAnswer,
  resultAnswer,
  statusAnswer,
} from './asynchronous-operation.ts'

const request = { publicUrl: 'https://arm.test', apiVersion: '2024-01-01' }

function operationWith(
  progress: OperationProgress,
  subscriptionId: string | null = 's',
): AsynchronousOperation {
  return {
    operationId: 'o',
    tenantId: 't',
    subscriptionId,
    caller: 'c',
    kind: 'k',
    subject: 'u',
    startedAt: instant(0),
    endedAt: progress.status === 'Running' ? null : instant(1000),
    progress,
  }
}

const failed = {
  status: 'Failed',
  error: { code: 'Conflict', message: 'No.', status: 409 },
} as const

test.each([
  ['of a subscription', 's', 'https://arm.test/subscriptions/s/operationresults/o'],
  ['of a tenant', null, 'https://arm.test/providers/Reprieve.Lifecycle/operationResults/o'],
])('an operation %s is accepted with absolute addresses and no body', (_, id, location) => {
  const accepted = acceptedAnswer({ operationId: 'o', subscriptionId: id }, request, 'both')
  expect(accepted).toEqual({
    status: 202,
    headers: {
      location: `${location}?api-version=2024-01-01`,
      'azure-asyncoperation': expect.stringMatching(
        /^https:\/\/arm\.test\/.*operationStatuses\/o\?api-version=2024-01-01$/,
      ),
      'retry-after': '1',
    },
  })
  const one = acceptedAnswer({ operationId: 'o', subscriptionId: id }, request, 'Location')
  expect(one.headers).not.toHaveProperty('azure-asyncoperation')
})

test('the result is 202 with where and when to ask, then what a wait would have got', () => {
  const running = resultAnswer(operationWith({ status: 'Running', percentComplete: 5 }), request)
  expect(running).toEqual({
    status: 202,
    headers: { location: expect.stringContaining('/operationresults/o'), 'retry-after': '1' },
  })
  const answer = { status: 200, body: { a: 1 } } as const
  expect(resultAnswer(operationWith({ status: 'Succeeded', answer }), request)).toEqual(answer)
  expect(resultAnswer(operationWith(failed), request)).toEqual({
    status: 409,
    body: { error: { code: 'Conflict', message: 'No.' } },
  })
})

test('the status is always 200 and says how it went', () => {
  const running = statusAnswer(operationWith({ status: 'Running', percentComplete: 5 }), request)
  expect(running).toMatchObject({
    status: 200,
    headers: { 'retry-after': '1' },
    body: {
      name: 'o',
      status: 'Running',
      percentComplete: 5,
      startTime: '1970-01-01T00:00:00.000Z',
    },
  })
  expect(running.body).not.toHaveProperty('endTime')
  const ended = statusAnswer(operationWith(failed), request)
  expect(ended).toMatchObject({
    status: 200,
    body: {
      status: 'Failed',
      percentComplete: 100,
      endTime: '1970-01-01T00:00:01.000Z',
      error: { code: 'Conflict', message: 'No.' },
    },
  })
  expect(ended.headers).toEqual({})
})
