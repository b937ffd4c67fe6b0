import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, optionOf, wordOf } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused } from '../failure.ts'
import { accountIn, accountOption, findInvoice, invoicesPath, numberWord } from './invoice.ts'

export const invoiceDownload: Command = {
  name: 'invoice download',
  summary: 'Writes an invoice or credit note to a file, as PDF',
  words: [numberWord],
  options: [['--to <file>', 'The file (default: <number>.pdf)'], accountOption],
  run: async (call) => {
    const invoice = await findInvoice(call, wordOf(call, 0))
    const { name } = invoice
    const client = await call.client()
    const path = `${invoicesPath(accountIn(invoice))}/${encodeURIComponent(name)}/pdf`
    const pdf = await client.bytes(path)
    const file = resolve(call.surroundings.folder, optionOf(call, 'to') ?? `${name}.pdf`)
    await writeWhole(file, pdf)
    const text = `${file}: ${name}, ${count(pdf.length, 'byte')}.`
    return { data: { number: name, file, bytes: pdf.length }, text }
  },
}

/** What cannot be written whole leaves the file as it was. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const part = `${file}.part`
  try {
    await writeFile(part, bytes)
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandRefused(`${file} cannot be written (${why}). Name another with --to.`, {
      cause: error,
    })
  }
}
