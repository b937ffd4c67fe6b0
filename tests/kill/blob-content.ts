import { createHash } from 'node:crypto'

const largestBytes = 150_000

/** The bytes of a version of a blob: anybody can say what they must be. Most are few, some not. */
export function contentOf(path: string, version: number): Buffer {
  const head = `${path} ${version}\n`
  const seed = createHash('sha256').update(head).digest()
  const size = seed.readUInt8(0) < 200 ? seed.readUInt16BE(1) % 4_000 : largestBytes
  const filler = seed.toString('hex')
  return Buffer.from(head + filler.repeat(Math.ceil(size / filler.length)).slice(0, size))
}

/** Which version bytes are; null when they are not one, whole and unchanged. */
export function versionOf(path: string, content: Buffer): number | null {
  const line = content.subarray(0, content.indexOf('\n')).toString('utf8')
  const version = Number(line.slice(path.length + 1))
  if (!line.startsWith(`${path} `) || !Number.isInteger(version)) return null
  return content.equals(contentOf(path, version)) ? version : null
}
