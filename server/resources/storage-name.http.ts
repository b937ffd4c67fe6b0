import { Type } from 'typebox'
import type { Refusal } from '../../api/refusals.ts'
import { errorBody, messagesFor } from '../pipeline/answer.ts'
import { type Operation, type OperationRequest, operation } from '../pipeline/operation.ts'
import type { ResourceDependencies } from './resource-request.ts'
import { checkStorageName, storageAccountTypeName } from './storage-account.ts'
import { isAccountNameTaken } from './storage-account.store.ts'
import { storageApiVersions } from './storage-account.http.ts'

const body = Type.Object(
  { name: Type.String({ maxLength: 1024 }), type: Type.Enum([storageAccountTypeName]) },
  { additionalProperties: false },
)

/** Whether an account could be made under a name. Names are taken in all tenants together. */
export function checkStorageNameAvailability({
  database,
}: Pick<ResourceDependencies, 'database'>): Operation {
  return operation<{ readonly name: string }>({
    name: 'StorageAccounts_CheckNameAvailability',
    method: 'POST',
    paths: ['/subscriptions/:subscriptionId/providers/Microsoft.Storage/checkNameAvailability'],
    type: 'Microsoft.Storage/checkNameAvailability',
    apiVersions: storageApiVersions,
    action: 'Microsoft.Storage/checknameavailability/read',
    whenSuspended: { allow: 'It only answers a question.' },
    body,
    handle: async (request) => {
      const { name } = request.body
      const checked = checkStorageName(name)
      if (!checked.accepted) return unavailable('AccountNameInvalid', checked.refusal, request)
      if (await isAccountNameTaken(database.db, name)) {
        const refusal: Refusal = { name: 'storageNameTaken', facts: { name } }
        return unavailable('AlreadyExists', refusal, request)
      }
      return { status: 200, body: { nameAvailable: true } }
    },
  })
}

function unavailable(
  reason: 'AccountNameInvalid' | 'AlreadyExists',
  refusal: Refusal,
  request: OperationRequest,
) {
  const { message } = errorBody(refusal, messagesFor(request.headers['accept-language'])).error
  return { status: 200, body: { nameAvailable: false, reason, message } }
}
