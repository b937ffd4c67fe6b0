import { collect } from '../../api/client.ts'
import { type Command, optionOf, wordOf } from '../command.ts'
import { dateText } from '../dates.ts'
import { table } from '../table.ts'
import { type PriceList, priceListPath, priceListsPath, pricesText } from './price-list.ts'

export const priceListShow: Command = {
  name: 'price-list show',
  summary: 'What everything costs: the prices of a list',
  words: [['[list]', 'Its name, such as default (default: names all lists)']],
  options: [
    ['--offer <offer>', 'Only of this offer'],
    ['--currency <code>', 'Only in this currency'],
  ],
  run: async (call) => {
    const client = await call.client()
    if (call.words[0] === undefined) {
      const lists = await collect(client.pages<PriceList>(priceListsPath))
      const rows = lists.map(({ name, properties }) => [
        name,
        String(properties.version),
        dateText(properties.createdAt),
      ])
      return { data: lists, text: table(['List', 'Version', 'Created'], rows, 'No price lists.') }
    }
    const path = priceListPath(wordOf(call, 0))
    const { body } = await client.request<PriceList>('GET', path)
    const wanted = { offer: optionOf(call, 'offer'), currency: optionOf(call, 'currency') }
    return { data: body, text: pricesText(body.properties.prices ?? [], wanted) }
  },
}
