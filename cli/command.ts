import type { Client } from '../api/client.ts'
import { UsageError } from './failure.ts'
import type { ProgressLine, Terminal } from './terminal.ts'

/** What a command finds around it; nothing of it is reached for. */
export type Surroundings = {
  readonly environment: { readonly [name: string]: string | undefined }
  /** The working folder. */
  readonly folder: string
  readonly home: string
  readonly terminal: Terminal
  /** Real time, milliseconds since 1970. */
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  readonly newId: () => string
}

/** One invocation. */
export type Call = {
  /** What stood after the command, in order. */
  readonly words: readonly (string | undefined)[]
  readonly options: { readonly [name: string]: unknown }
  readonly surroundings: Surroundings
  readonly progress: ProgressLine
  /** Writes a line for people beside the result. */
  readonly note: (text: string) => void
  /** Signed in as the session says, on first use. */
  readonly client: () => Promise<Client>
}

/** What a command has to say: `data` for scripts, `text` for people. */
export type Report = {
  readonly data: unknown
  readonly text: string
  /** The command ran, and what it found is bad: exit code 1. */
  readonly failed?: boolean
}

/** A command as data. */
export type Command = {
  /** Its words, such as `subscription show`. */
  readonly name: string
  readonly summary: string
  /** `<required>` and `[optional]`, each with what it means. */
  readonly words?: readonly (readonly [string, string])[]
  /** In the form `--flag`, `--name <value>`, each with what it means. */
  readonly options?: readonly (readonly [string, string])[]
  /** Null: it has written its result itself. */
  readonly run: (call: Call) => Promise<Report | null>
}

/** An option that takes a value; null when it is not given. */
export function optionOf(call: Call, name: string): string | null {
  const value = call.options[name]
  return typeof value === 'string' ? value : null
}

/** An option that takes several values (`--name <value...>`); null when it is not given. */
export function linesOf(call: Call, name: string): readonly string[] | null {
  const value = call.options[name]
  return Array.isArray(value) ? value.map(String) : null
}

export function isGiven(call: Call, name: string): boolean {
  return call.options[name] === true
}

/** A word that the command requires; the parser has made sure that it is there. */
export function wordOf(call: Call, index: number): string {
  const word = call.words[index]
  if (word === undefined || word === '') {
    throw new UsageError(`Argument ${index + 1} must not be empty.`)
  }
  return word
}
