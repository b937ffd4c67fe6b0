import type { Messages } from '../../refusals.ts'

/** In simplified Chinese: payments and credit notes. */
export const money = {
  paymentRefused: ({ invoice, why, actual }) =>
    ({
      notAnInvoice: `“${invoice}”是贷项通知单，无需付款。请指定一份账单。`,
      void: `账单“${invoice}”已作废，没有应付金额。请指定其他账单。`,
      currency: `账单“${invoice}”的币种为 ${actual}。请使用该币种付款。`,
      notPositive: '付款金额必须大于零。请更正。',
      otherAmount: `账单“${invoice}”已有同名的付款记录，金额为 ${actual}。请以其他名称记录另一笔付款。`,
      paid: `账单“${invoice}”已付清。未记录任何内容。`,
      tooMuch: `账单“${invoice}”的应付金额仅为 ${actual}。记录的金额不得超过该金额。`,
    })[why],
  creditRefused: ({ invoice, why, actual }) =>
    ({
      notAnInvoice: `“${invoice}”本身是贷项通知单。请指定一份账单。`,
      void: `账单“${invoice}”已经作废。`,
      hasPayments: `账单“${invoice}”已部分付款，因此不能作废。请用贷项通知单冲销应付余额 ${actual}。`,
      notPositive: '贷项通知单的金额必须大于零。请更正。',
      line: `账单“${invoice}”没有该行，或该行仅收取 ${actual}。`,
      tooMuch: `账单“${invoice}”的应付金额仅为 ${actual}。冲销的金额不得超过该金额。`,
    })[why],
  notASupportPlan: ({ subscriptionId, offer, cancel }) =>
    `订阅“${subscriptionId}”（产品/服务“${offer}”）不是支持计划，不能通过计费取消。请使用 ${cancel} 取消。`,
  downloadRefused: () => '此链接无效或已过期。请重新请求下载发票。',
} satisfies Partial<Messages>
