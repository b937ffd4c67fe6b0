import type { Messages } from '../../refusals.ts'

/** In English: what was asked of a price list. */
export const prices = {
  priceStored: ({ field, unitPrice, effectiveFrom }) =>
    `'${field}' cannot be changed: the list has ${unitPrice} from ${effectiveFrom} on. Prices are ` +
    'never changed or removed. Ask for a new price from a later time on.',
  priceNotForward: ({ field, effectiveFrom, notBefore }) =>
    `'${field}' would take effect at ${effectiveFrom}, and prices change only forward: up to ` +
    `${notBefore} usage may have been charged. Give an effectiveFrom after that.`,
  defaultPriceList: () =>
    "The price list 'default' comes from the file that the server was started with. Its operator " +
    'changes it: add prices to the file and start the server with --price-list. For prices ' +
    'of your own, make a list of another name.',
  currencyNotPriced: ({ currency, priceLists }) =>
    `Nothing has a price in ${currency} here, so all that is used would be free: looked in ` +
    `${priceLists.join(', ')}. Add prices in ${currency} to a price list of your own and name it ` +
    'as priceList, let the operator of the server add them to the file of --price-list, or choose ' +
    'another currency.',
} satisfies Partial<Messages>
