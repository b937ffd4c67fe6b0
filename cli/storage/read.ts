import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlobServiceClient } from '@azure/storage-blob'
import { type Command, optionOf, wordOf } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { blobOptions, openAccount, parseBlobPlace } from './blobs.ts'
import { withRefusals } from './refusal.ts'

export const storageRead: Command = {
  name: 'storage read',
  summary: 'Writes a blob to the output, or to a file',
  words: [['<blob>', '<account>/<container>/<blob>']],
  options: [['--to <file>', 'Write it to this file'], ...blobOptions],
  run: async (call) => {
    const place = parseBlobPlace(wordOf(call, 0))
    const to = optionOf(call, 'to')
    const service = await openAccount(call, place.account)
    const { body, bytes } = await withRefusals(() => download(service, place))
    if (to === null) {
      // The output is the process's own: it stays open for whatever comes after.
      await pipeline(body, call.surroundings.terminal.output, { end: false })
      return null
    }
    const file = resolve(call.surroundings.folder, to)
    await saveWhole(body, file)
    const text = `${file}: ${count(bytes, 'byte')} of ${place.blob}.`
    return { data: { ...place, file, bytes }, text }
  },
}

type Place = { readonly container: string; readonly blob: string }

async function download(
  service: BlobServiceClient,
  { container, blob }: Place,
): Promise<{ readonly body: Readable; readonly bytes: number }> {
  const client = service.getContainerClient(container).getBlobClient(blob)
  // A connection that breaks is taken up where it broke, and only if the blob is still the same.
  const answer = await client.download(0, undefined, { maxRetryRequests: 5 })
  const body = answer.readableStreamBody
  if (body === undefined) throw new CommandRefused('The server sent no content. Try again.')
  return { body: body as Readable, bytes: answer.contentLength ?? 0 }
}

/** A download that breaks off leaves the file as it was. */
async function saveWhole(body: Readable, file: string): Promise<void> {
  const part = `${file}.part`
  try {
    await pipeline(body, createWriteStream(part))
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
