import type { BlobServiceClient } from '@azure/storage-blob'
import { type Command, wordOf } from '../command.ts'
import { table } from '../table.ts'
import { blobOptions, openAccount, parsePlace } from './blobs.ts'
import { withRefusals } from './refusal.ts'

export const storageLs: Command = {
  name: 'storage ls',
  summary: 'Lists the containers of an account, or the blobs of a container',
  words: [['<place>', '<account>, or <account>/<container>, or with the beginning of names']],
  options: blobOptions,
  run: async (call) => {
    const { account, container, blob } = parsePlace(wordOf(call, 0))
    const service = await openAccount(call, account)
    if (container === null) {
      const names = await withRefusals(() => listContainers(service))
      const rows = names.map((name) => [name])
      return { data: names.map((name) => ({ name })), text: table(['Container'], rows, 'None.') }
    }
    const blobs = await withRefusals(() => listBlobs(service, container, blob ?? ''))
    const rows = blobs.map(({ name, bytes, changedAt }) => [name, String(bytes), changedAt])
    return { data: blobs, text: table(['Blob', 'Bytes', 'Changed'], rows, 'No blobs.') }
  },
}

async function listContainers(service: BlobServiceClient): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of service.listContainers()) names.push(name)
  return names
}

export type ListedBlob = {
  readonly name: string
  readonly bytes: number
  /** Real time, ISO 8601 UTC. */
  readonly changedAt: string
}

export async function listBlobs(
  service: BlobServiceClient,
  container: string,
  prefix: string,
): Promise<ListedBlob[]> {
  const blobs: ListedBlob[] = []
  for await (const { name, properties } of service
    .getContainerClient(container)
    .listBlobsFlat({ prefix })) {
    const changedAt = properties.lastModified.toISOString()
    blobs.push({ name, bytes: properties.contentLength ?? 0, changedAt })
  }
  return blobs
}
