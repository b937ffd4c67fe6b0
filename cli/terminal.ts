import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { widthOf } from './width.ts'

/** Where a command reads and writes. Results go to `output`, all else to `errors`. */
export type Terminal = {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  readonly errors: Writable & { readonly isTTY?: boolean; readonly columns?: number }
}

/** Somebody sits there who can be asked. */
export function isAttended({ input, errors }: Terminal): boolean {
  return input.isTTY === true && errors.isTTY === true
}

/** Asks on the error stream, so that the output holds the result alone. */
export async function ask({ input, errors }: Terminal, question: string): Promise<string> {
  const asking = createInterface({ input, output: errors })
  try {
    // Whoever closes the input (Ctrl+D) or breaks off (Ctrl+C) has said nothing.
    const closed = new Promise<string>((resolve) => asking.once('close', () => resolve('')))
    return (await Promise.race([asking.question(question), closed])).trim()
  } finally {
    asking.close()
  }
}

/** Shows what is going on while it goes on: one line that is written over, on a terminal only. */
export type ProgressLine = {
  readonly show: (text: string) => void
  readonly clear: () => void
}

export function createProgressLine({ errors }: Terminal): ProgressLine {
  if (errors.isTTY !== true) return { show: () => {}, clear: () => {} }
  let shown = false
  const clear = (): void => {
    if (shown) errors.write('\r\u001b[K')
    shown = false
  }
  return {
    show: (text) => {
      errors.write(`\r\u001b[K${cut(text, (errors.columns ?? 80) - 1)}`)
      shown = true
    },
    clear,
  }
}

/** A line that wraps cannot be written over. */
function cut(text: string, columns: number): string {
  let result = ''
  let width = 0
  for (const character of text.replaceAll('\n', ' ')) {
    width += widthOf(character)
    if (width > columns) return result
    result += character
  }
  return result
}
