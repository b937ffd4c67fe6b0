import type { Messages } from '../../refusals.ts'

/** In Chinese: what was asked of a price list. */
export const prices = {
  priceStored: ({ field, unitPrice, effectiveFrom }) =>
    `“${field}”不能更改：价目表中自 ${effectiveFrom} 起的价格为 ${unitPrice}。` +
    '价格从不更改或删除。请设定从更晚时间起生效的新价格。',
  priceNotForward: ({ field, effectiveFrom, notBefore }) =>
    `“${field}”将于 ${effectiveFrom} 生效，而价格只能向后更改：截至 ${notBefore} 的使用量可能已经计费。` +
    '请指定在此之后的 effectiveFrom。',
  defaultPriceList: () =>
    '价目表“default”来自启动服务器时使用的文件。由其运营者更改：在文件中添加价格，并使用 ' +
    '--price-list 启动服务器。如需自己的价格，请创建另一个名称的价目表。',
  currencyNotPriced: ({ currency, priceLists }) =>
    `此处没有任何以 ${currency} 计的价格，所有使用都将免费；已查找的价目表：${priceLists.join(', ')}。` +
    `请在自己的价目表中添加以 ${currency} 计的价格并在 priceList 中指定该表，或请服务器运营者将其添加到 ` +
    '--price-list 的文件中，或选择其他货币。',
} satisfies Partial<Messages>
