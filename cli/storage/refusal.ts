import { ApiError } from '../../api/client-error.ts'

const remedies: { readonly [code: string]: string } = {
  AuthorizationPermissionMismatch:
    'Have the role Storage Blob Data Reader, Contributor or Owner assigned to you on the ' +
    'account, or use its key: --auth-mode key.',
  AuthorizationFailure: 'Have a role for blob data assigned to you, or use --auth-mode key.',
  ContainerNotFound: 'Add --create-container to make it.',
  BlobAlreadyExists: 'Add --overwrite to replace it.',
  BlobNotFound: 'List what there is: npx reprieve storage ls <account>/<container>.',
  InsufficientAccountPermissions:
    'Nothing was changed. Until when it can be read, and who may reactivate it: npx reprieve ' +
    'subscription show <subscription>.',
}

/** Runs a call of Azure's client for blobs; its errors become ours, with a remedy. */
export async function withRefusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw translate(error)
  }
}

type StorageError = Error & {
  readonly statusCode?: number
  readonly code?: string
  readonly details?: { readonly errorCode?: string; readonly message?: string }
}

export function translate(error: unknown): unknown {
  if (error instanceof ApiError || !(error instanceof Error)) return error
  const { statusCode, code, details, message } = error as StorageError
  if (statusCode === undefined) return error.name === 'RestError' ? unreachable(error) : error
  const named = details?.errorCode ?? code ?? `Http${statusCode}`
  // What follows the first line are the request's id and time.
  const said = (details?.message ?? message).split('\n')[0]?.trim() ?? ''
  const remedy = remedies[named]
  const text = remedy === undefined ? said : `${said} ${remedy}`
  return new ApiError({ status: statusCode, code: named }, text, { cause: error })
}

function unreachable(error: Error): ApiError {
  const text =
    `The storage account does not answer (${error.message}). Look whether the server runs, and ` +
    'whether its blob port can be reached from here.'
  return new ApiError({ status: 0, code: 'StorageUnreachable' }, text, { cause: error })
}
