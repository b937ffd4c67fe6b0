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
} satisfies Partial<Messages>
