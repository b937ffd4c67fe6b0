import { ApiError } from '../api/client-error.ts'
import type { Client } from '../api/client.ts'
import type { Call, Command, Surroundings } from './command.ts'
import { CommandRefused, UsageError } from './failure.ts'
import { connect } from './session/connect.ts'
import { findSession } from './session/session.ts'
import { signInHint } from './session/hint.ts'
import { createProgressLine } from './terminal.ts'

export type Invocation = {
  readonly words: readonly (string | undefined)[]
  readonly options: { readonly [name: string]: unknown }
}

/** Runs a command, writes what it reports, and answers the exit code. */
export async function runCommand(
  command: Command,
  { words, options }: Invocation,
  surroundings: Surroundings,
): Promise<number> {
  const { output, errors } = surroundings.terminal
  const progress = createProgressLine(surroundings.terminal)
  let client: Promise<Client> | null = null
  const call: Call = {
    words,
    options,
    surroundings,
    progress,
    note: (text) => {
      progress.clear()
      errors.write(`${text}\n`)
    },
    client: () => {
      client ??= openClient(surroundings)
      return client
    },
  }
  try {
    const report = await command.run(call)
    progress.clear()
    if (report === null) return 0
    const asJson = options['output'] === 'json'
    output.write(`${asJson ? JSON.stringify(report.data, null, 2) : report.text}\n`)
    return report.failed === true ? 1 : 0
  } catch (error) {
    progress.clear()
    errors.write(`${failureText(error, surroundings)}\n`)
    return error instanceof UsageError ? 2 : 1
  } finally {
    const opened: Client | null =
      (await (client as Promise<Client> | null)?.catch(() => null)) ?? null
    await opened?.close()
  }
}

async function openClient(surroundings: Surroundings): Promise<Client> {
  return connect(findSession(surroundings), surroundings)
}

/** Cause and remedy of what went wrong; where they are not known, all there is to know. */
export function failureText(error: unknown, surroundings: Surroundings): string {
  if (error instanceof ApiError) {
    const hint = signInHint(error, surroundings)
    const text = `reprieve: ${error.message} (${error.code})`
    return hint === null ? text : `${text}\n${hint}`
  }
  if (error instanceof CommandRefused || error instanceof UsageError) {
    return `reprieve: ${error.message}`
  }
  if (error instanceof Error) return `reprieve: ${error.stack ?? error.message}`
  return `reprieve: ${String(error)}`
}
