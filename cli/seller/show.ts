import type { Command } from '../command.ts'
import { type Seller, sellerPath, sellerText } from './seller.ts'

export const sellerShow: Command = {
  name: 'seller show',
  summary: 'Who issues the invoices of your tenant',
  run: async (call) => {
    const client = await call.client()
    const { body } = await client.request<Seller>('GET', sellerPath)
    return { data: body, text: sellerText(body) }
  },
}
