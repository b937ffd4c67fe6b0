import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { destination, pino } from 'pino'
import { StartRefused } from './database/connection.ts'
import { signInFileName } from './installation/first-start.ts'
import type { Settings } from './installation/settings.ts'
import { startText } from './installation/trust.ts'
import { instant } from './kernel/instant.ts'
import { startNode } from './node.ts'

export type ServeOptions = {
  /** For a parent that must not be outlived: end when standard input ends. */
  readonly untilInputEnds: boolean
}

/**
 * Runs a server until it is told to end. The only place that reads the clock and makes randomness.
 */
export async function serve(settings: Settings, options: ServeOptions): Promise<void> {
  const log = pino(
    {
      level: settings.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
      redact: ['*.authorization', '*.clientSecret', '*.client_secret', '*.keys'],
    },
    destination({ dest: 2, sync: false }),
  )
  const clock = { now: () => instant(Date.now()) }
  const random = {
    uuid: () => randomUUID(),
    bytes: (length: number) => new Uint8Array(randomBytes(length)),
  }
  // Heard from the beginning: told while it starts, it ends in good order once it has started.
  const told = toldToEnd(options)
  try {
    const node = await startNode(settings, { clock, random, log })
    const signIn = join(node.dataFolder, signInFileName)
    const firstSignIn = existsSync(signIn) ? signIn : null
    process.stdout.write(startText({ ...node, host: settings.host, firstSignIn }))
    await told
    await node.close()
    process.exitCode = 0
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    process.stderr.write(`reprieve: ${error.message}.\n`)
    process.exitCode = 1
  } finally {
    // An input that is still read would keep a finished process alive.
    process.stdin.destroy()
    log.flush()
  }
}

/** SIGTERM or SIGINT, however often, or the end of standard input. */
function toldToEnd({ untilInputEnds }: ServeOptions): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', () => resolve())
    process.on('SIGINT', () => resolve())
    if (!untilInputEnds) return
    process.stdin.on('end', () => resolve())
    process.stdin.on('error', () => resolve())
    process.stdin.resume()
  })
}
