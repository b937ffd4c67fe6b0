import { type Command, linesOf, optionOf } from '../command.ts'
import { UsageError } from '../failure.ts'
import { type Seller, sellerPath, sellerText } from './seller.ts'

export const sellerSet: Command = {
  name: 'seller set',
  summary: 'Says who issues invoices from now on; what is not named stays',
  options: [
    ['--name <name>', 'As it is printed'],
    ['--address <line...>', 'Each line in quotes, behind all else'],
    ['--country <code>', 'Two letters, such as DE'],
    ['--tax-id <id>', 'Empty for none'],
  ],
  run: async (call) => {
    const [name, country, taxId] = ['name', 'country', 'taxId'].map((one) => optionOf(call, one))
    const address = linesOf(call, 'address')
    if ([name, country, taxId, address].every((one) => one === null)) {
      throw new UsageError('Say what is to change, such as --name "Example Cloud" --country DE.')
    }
    const client = await call.client()
    const { body: before } = await client.request<Seller>('GET', sellerPath)
    const properties = {
      ...before.properties,
      ...(name === null ? {} : { name }),
      ...(country === null ? {} : { country }),
      ...(taxId === null ? {} : { taxId: taxId === '' ? null : taxId }),
      ...(address === null ? {} : { address: address.filter((line) => line !== '') }),
    }
    if (properties.country === '') {
      throw new UsageError('It has no country yet: add --country, such as --country DE.')
    }
    const { body } = await client.request<Seller>('PUT', sellerPath, { body: { properties } })
    return { data: body, text: sellerText(body) }
  },
}
