import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Client } from '../../api/client.ts'
import { type Call, type Command, optionOf, wordOf } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused, UsageError } from '../failure.ts'
import { accountIn, accountOption, findInvoice, type Invoice, invoicesPath } from './invoice.ts'

export const invoiceDownload: Command = {
  name: 'invoice download',
  summary: 'Writes an invoice or credit note to a file, as PDF',
  words: [['[number]', 'Its number (default: the newest of the billing account)']],
  options: [['--to <file>', 'The file (default: <number>.pdf)'], accountOption],
  run: async (call) => {
    const client = await call.client()
    const invoice = await chooseInvoice(call, client)
    const { name } = invoice
    const path = `${invoicesPath(accountIn(invoice))}/${encodeURIComponent(name)}/pdf`
    const pdf = await client.bytes(path)
    const file = resolve(call.surroundings.folder, optionOf(call, 'to') ?? `${name}.pdf`)
    await writeWhole(file, pdf)
    const text = `${file}: ${name}, ${count(pdf.length, 'byte')}.`
    return { data: { number: name, file, bytes: pdf.length }, text }
  },
}

async function chooseInvoice(call: Call, client: Client): Promise<Invoice> {
  if (call.words[0] !== undefined) return findInvoice(call, wordOf(call, 0))
  const account = optionOf(call, 'billingAccount')
  if (account === null) {
    throw new UsageError('Say which: its number, or --billing-account for the newest of it.')
  }
  for await (const [newest] of client.pages<Invoice>(invoicesPath(account))) {
    if (newest !== undefined) return newest
  }
  throw new CommandRefused(`The billing account ${account} has no invoices yet.`)
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
