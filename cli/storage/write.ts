import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob'
import { type Call, type Command, isGiven, optionOf, wordOf } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused, UsageError } from '../failure.ts'
import { blobOptions, openAccount, parseBlobPlace } from './blobs.ts'
import { withRefusals } from './refusal.ts'

export const storageWrite: Command = {
  name: 'storage write',
  summary: 'Stores a file, a text or the input as a blob',
  words: [['<blob>', '<account>/<container>/<blob>']],
  options: [
    ['--from <file>', 'Store this file'],
    ['--text <text>', 'Store this text'],
    ['--overwrite', 'Replace a blob that is there already'],
    ['--create-container', 'Make the container if it is missing'],
    ...blobOptions,
  ],
  run: async (call) => {
    const place = parseBlobPlace(wordOf(call, 0))
    const content = await openContent(call)
    try {
      const service = await openAccount(call, place.account)
      const bytes = await withRefusals(() => store(call, service, place, content))
      const text = `Stored ${place.blob} (${count(bytes, 'byte')}).`
      return { data: { ...place, bytes }, text }
    } finally {
      content.destroy()
    }
  },
}

/** What is to be stored. Nothing of it is read yet, but a file that is missing is found here. */
async function openContent(call: Call): Promise<Readable> {
  const [from, text] = [optionOf(call, 'from'), optionOf(call, 'text')]
  if (from !== null && text !== null) throw new UsageError('Give --from or --text, not both.')
  if (text !== null) return Readable.from([Buffer.from(text, 'utf8')])
  if (from === null) return call.surroundings.terminal.input
  const file = resolve(call.surroundings.folder, from)
  const found = await stat(file).catch(() => null)
  if (found === null || !found.isFile()) {
    throw new CommandRefused(`There is no file ${file}. Nothing was stored.`)
  }
  return createReadStream(file)
}

const blockBytes = 4 * 1024 * 1024
const blocksAtOnce = 2

/** In blocks, so that memory stays flat; the blob appears whole, with the last of them. */
async function store(
  call: Call,
  service: BlobServiceClient,
  { container: containerName, blob }: { readonly container: string; readonly blob: string },
  content: Readable,
): Promise<number> {
  const container: ContainerClient = service.getContainerClient(containerName)
  if (isGiven(call, 'createContainer')) await container.createIfNotExists()
  let bytes = 0
  await container.getBlockBlobClient(blob).uploadStream(content, blockBytes, blocksAtOnce, {
    blobHTTPHeaders: { blobContentType: contentTypeOf(blob) },
    conditions: isGiven(call, 'overwrite') ? {} : { ifNoneMatch: '*' },
    onProgress: ({ loadedBytes }) => {
      bytes = loadedBytes
      call.progress.show(`${blob}: ${count(loadedBytes, 'byte')}`)
    },
  })
  return bytes
}

const contentTypes: { readonly [extension: string]: string } = {
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.html': 'text/html; charset=utf-8',
}

export function contentTypeOf(name: string): string {
  return contentTypes[extname(name).toLowerCase()] ?? 'application/octet-stream'
}
