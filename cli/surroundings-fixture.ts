import { randomUUID } from 'node:crypto'
import { PassThrough, Writable } from 'node:stream'
import type { Surroundings } from './command.ts'
import { commands } from './commands.ts'
import { createProgram, exitCodeOf } from './program.ts'

/** What a command left behind. */
export type Outcome = { readonly code: number; readonly output: string; readonly errors: string }

export type Situation = {
  /** The working folder; also where the session is kept, in `config`. */
  readonly folder: string
  readonly environment?: { readonly [name: string]: string }
  /** Present: somebody sits at the terminal and types this. */
  readonly typed?: string
}

/** Runs one command line in this process, as `reprieve` would run it. */
export async function runLine(line: readonly string[], situation: Situation): Promise<Outcome> {
  const output = collector(false)
  const errors = collector(situation.typed !== undefined)
  const input = Object.assign(new PassThrough(), { isTTY: situation.typed !== undefined })
  input.end(situation.typed === undefined ? '' : `${situation.typed}\n`)
  const surroundings: Surroundings = {
    environment: { REPRIEVE_CONFIG_DIR: 'config', ...situation.environment },
    folder: situation.folder,
    home: situation.folder,
    terminal: { input, output: output.stream, errors: errors.stream },
    now: () => Date.now(),
    wait: () => Promise.reject(new Error('what has to be waited for is run as a process')),
    newId: () => randomUUID(),
  }
  let code = 0
  const program = createProgram(commands, surroundings, (exit) => {
    code = exit
  })
  try {
    await program.parseAsync([...line], { from: 'user' })
  } catch (error) {
    const parsed = exitCodeOf(error)
    if (parsed === null) throw error
    code = parsed
  }
  return { code, output: output.text(), errors: errors.text() }
}

function collector(isTTY: boolean) {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  return {
    stream: Object.assign(stream, { isTTY, columns: 80 }),
    text: () => Buffer.concat(chunks).toString('utf8'),
  }
}
