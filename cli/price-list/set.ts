import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Call, type Command, optionOf, wordOf } from '../command.ts'
import { count } from '../dates.ts'
import { CommandRefused, UsageError } from '../failure.ts'
import { type PriceEntry, type PriceList, priceListPath } from './price-list.ts'

export const priceListSet: Command = {
  name: 'price-list set',
  summary: 'Adds prices to a list of your own; makes it if there is none',
  words: [['<list>', 'Its name; a billing account takes it when it is made']],
  options: [['--from <file>', 'JSON, in the form that price-list show --output json prints']],
  run: async (call) => {
    const name = wordOf(call, 0)
    const prices = await readPrices(call)
    const client = await call.client()
    const { status, body } = await client.request<PriceList>('PUT', priceListPath(name), {
      body: { properties: { prices } },
    })
    const { version, prices: all = [] } = body.properties
    const held = all.reduce((sum, { unitPrices }) => sum + Object.keys(unitPrices).length, 0)
    const state = `${body.name} holds ${count(held, 'price')} (version ${version})`
    return { data: body, text: status === 201 ? `Created. ${state}.` : `${state}.` }
  },
}

/** What the file says; whether it is a good list is the server's to say. */
async function readPrices(call: Call): Promise<unknown> {
  const from = optionOf(call, 'from')
  if (from === null) throw new UsageError('Say where the prices stand: --from prices.json')
  const file = resolve(call.surroundings.folder, from)
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandRefused(`The file ${file} cannot be read. Nothing was changed.`)
  })
  const prices = pricesIn(parsed(text, file))
  if (prices !== null) return prices
  const form = '{"prices": [{"offer": ..., "meter": ..., "effectiveFrom": ..., "unitPrices": ...}]}'
  throw new CommandRefused(`${file} holds no prices. It must read ${form}. Nothing was changed.`)
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CommandRefused(`${file} is no JSON. Nothing was changed.`)
  }
}

type Listed = {
  readonly prices?: readonly PriceEntry[]
  readonly properties?: { readonly prices?: readonly PriceEntry[] }
}

/** As a price list file has them, or as the API shows them. */
function pricesIn(value: unknown): readonly PriceEntry[] | null {
  if (typeof value !== 'object' || value === null) return null
  const { prices, properties } = value as Listed
  return prices ?? properties?.prices ?? null
}
