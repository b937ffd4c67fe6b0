import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestServer } from '../../testing/index.ts'

const command = join(import.meta.dirname, '..', '..', 'bin', 'reprieve.js')

/** What a command line ended with. */
export type Ended = {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

export type Reprieve = {
  /** Runs `npx reprieve ...` to its end; `input` is what is piped into it. */
  readonly run: (line: readonly string[], input?: string | Buffer) => Promise<Ended>
  /** The same, for a result that a script would read. */
  readonly json: <Result>(line: readonly string[]) => Promise<Result>
  /**
   * Runs it, and kills it outright as soon as it has said anything on its error stream. Whether it
   * was killed before it came to its end by itself.
   */
  readonly interrupt: (line: readonly string[]) => Promise<boolean>
}

/** The command as its user has it: a process of its own that finds the server's data folder. */
export function reprieveFor(server: Pick<TestServer, 'dataFolder'>, folder: string): Reprieve {
  const start = (line: readonly string[]): ChildProcess =>
    spawn(process.execPath, [command, ...line], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        REPRIEVE_DATA: server.dataFolder,
        REPRIEVE_CONFIG_DIR: join(folder, 'config'),
      },
    })
  const run: Reprieve['run'] = async (line, input = '') => {
    const child = start(line)
    child.stdin?.end(input)
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const [output, errors] = await Promise.all([read(child.stdout), read(child.stderr)])
    return { code: await ended, output, errors }
  }
  return {
    run,
    json: async <Result>(line: readonly string[]) => {
      const { code, output, errors } = await run([...line, '--output', 'json'])
      if (code !== 0) throw new Error(`reprieve ${line.join(' ')}: ${code}: ${errors}`)
      return JSON.parse(output) as Result
    },
    interrupt: async (line) => {
      const child = start(line)
      child.stderr?.once('data', () => child.kill('SIGKILL'))
      child.stdout?.resume()
      const signal = await new Promise((resolve) =>
        child.once('exit', (_code, killedBy) => resolve(killedBy)),
      )
      return signal === 'SIGKILL'
    },
  }
}

function read(stream: ChildProcess['stdout']): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream)
}
