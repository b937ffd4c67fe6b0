import type { ContainerClient } from '@azure/storage-blob'
import { withRefusals } from '../storage/refusal.ts'

export const imageName = 'backups/till.img'

const blockBytes = 8 * 1024 * 1024
const blockCount = 2560
/** 20 GB: enough for a bill that is not zero. */
export const imageBytes = blockBytes * blockCount

/**
 * The disk image of the shop's till, an empty disk: one block, sent once, which stands at every
 * place of the blob. It is charged by its length and takes a few megabytes of the real disk.
 * Answers whether it was missing.
 */
export async function ensureImage(place: ContainerClient): Promise<boolean> {
  const blob = place.getBlockBlobClient(imageName)
  if (await withRefusals(() => blob.exists())) return false
  const block = Buffer.from('block-0001').toString('base64')
  await withRefusals(() => blob.stageBlock(block, Buffer.alloc(blockBytes), blockBytes))
  const places = Array.from({ length: blockCount }, () => block)
  const blobHTTPHeaders = { blobContentType: 'application/octet-stream' }
  await withRefusals(() => blob.commitBlockList(places, { blobHTTPHeaders }))
  return true
}
