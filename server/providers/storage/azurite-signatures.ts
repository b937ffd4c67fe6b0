import { loadAzuriteModule } from './azurite-modules.ts'

type Permissions = Map<number, object>

/** Operations that Azurite's tables of signatures forgot (it answers 500), and their like. */
const forgotten = {
  PageBlob_Resize: 'PageBlob_UpdateSequenceNumber',
  AppendBlob_Seal: 'Blob_SetHTTPHeaders',
}

/** Lets a signature that may write resize a page blob and seal an append blob. */
export function completeSignatures(): void {
  const operations = loadAzuriteModule('blob/generated/artifacts/operation')['default']
  const account = loadAzuriteModule('blob/authentication/OperationAccountSASPermission')['default']
  const blob = loadAzuriteModule('blob/authentication/OperationBlobSASPermission')
  for (const [name, like] of Object.entries(forgotten)) {
    const number = (operations as Record<string, number>)[name]
    const known = (operations as Record<string, number>)[like]
    if (number === undefined || known === undefined) throw new Error(`Azurite has no ${name}`)
    for (const table of [
      account,
      blob['OPERATION_BLOB_SAS_BLOB_PERMISSIONS'],
      blob['OPERATION_BLOB_SAS_CONTAINER_PERMISSIONS'],
    ] as Permissions[]) {
      const permission = table.get(known)
      if (permission !== undefined && !table.has(number)) table.set(number, permission)
    }
  }
}
