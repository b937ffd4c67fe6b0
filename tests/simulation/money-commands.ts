import { formatAmount } from '../../server/kernel/currency.ts'
import { addDays, formatInstant, instant } from '../../server/kernel/instant.ts'
import { administratorOf, oneAnHour } from './accounts.ts'
import { keep } from './broken.ts'
import type { Core, SimulatedNode, Tenant } from './core.ts'
import { type Document, amountDue } from './ledger.ts'
import { send } from './request.ts'

type Currency = Parameters<typeof formatAmount>[1]

const mebibyte = 2n ** 20n

/** People add to a store, and take away from it; what is offline stays as it is. */
export function resize({ dice, world }: Core): void {
  const online = [...world.things.values()].filter((thing) => thing.state === 'online')
  if (online.length === 0) return
  const thing = dice.pick(online)
  thing.ballast = dice.pick([0n, 1n, 2n, 5n]) * mebibyte + BigInt(dice.below(5000))
}

/** An invoice that is not paid: in full, a part of it, too much, or what was sent before. */
export function pay(core: Core, node: SimulatedNode, tenant: Tenant): void {
  const invoices = core.rows.documents.filter(
    (one) => one.tenant_id === tenant.tenantId && one.type === 'Invoice',
  )
  const unpaid = invoices.filter((one) => amountDue(one) > 0n)
  const from = unpaid.length > 0 && core.dice.percent(90) ? unpaid : invoices
  if (from.length === 0) return
  const invoice = core.dice.pick(from)
  const due = amountDue(invoice)
  const how = core.dice.weighted({ full: 60, part: 25, tooMuch: 8, before: 7 })
  const part = due > 1n ? due / 3n + 1n : 1n
  const amount = { full: due, part, tooMuch: due + 1n, before: due }[how]
  const before = core.rows.payments.filter((one) => one.document_id === invoice.document_id)
  const again = how === 'before' ? before[0] : undefined
  const name = again?.name ?? `payment-${(core.names += 1)}`
  sendPayment(core, node, tenant, invoice, { name, amount: again?.amount ?? amount })
}

/** All that an account owes, invoice by invoice. */
export function payAll(core: Core, node: SimulatedNode, tenant: Tenant, account: string): void {
  for (const invoice of core.rows.documents) {
    const own = invoice.tenant_id === tenant.tenantId && invoice.account_name === account
    const amount = amountDue(invoice)
    if (!own || invoice.type !== 'Invoice' || amount <= 0n) continue
    sendPayment(core, node, tenant, invoice, { name: `payment-${(core.names += 1)}`, amount })
  }
}

type Payment = { readonly name: string; readonly amount: bigint }

function sendPayment(
  core: Core,
  node: SimulatedNode,
  tenant: Tenant,
  invoice: Document,
  payment: Payment,
): void {
  const id = invoice.document_id
  const { name, amount } = payment
  const startedAt = core.step
  const wasThere = core.rows.payments.some((one) => one.document_id === id && one.name === name)
  send(core, node, {
    operation: 'Payments_Record',
    person: administratorOf(tenant),
    params: {
      billingAccountName: invoice.account_name,
      invoiceName: invoice.name,
      paymentName: name,
    },
    body: { properties: { amount: formatAmount(amount, invoice.currency as Currency) } },
    onAnswer: ({ status }) => {
      const kept = core.rows.payments.find((one) => one.document_id === id && one.name === name)
      const taken = status === 200 || status === 201
      keep(9, !taken || kept?.amount === amount, () => `${name} was taken and is not there`)
      if (core.step === startedAt) judge(core, invoice, payment, wasThere, status)
      // Its answer may have been lost: it is sent again, and is the same one.
      const again = (): void => sendPayment(core, node, tenant, invoice, payment)
      if (taken && core.dice.percent(30) && node.lifeline.alive) core.repeats.push(again)
    },
  })
}

/** Promise 6 and 11: what is sent twice counts once; what is not owed is not taken. */
function judge(
  core: Core,
  { document_id, name }: Document,
  { amount }: Payment,
  wasThere: boolean,
  status: number,
): void {
  const before = core.before.documents.find((one) => one.document_id === document_id)
  if (before === undefined) return
  const now = core.rows.documents.find((one) => one.document_id === document_id)
  const more = (now?.paid ?? 0n) - before.paid
  const wanted = status === 201 ? amount : 0n
  keep(6, more === wanted, () => `${name}: ${amount} was sent, ${status}, and counts ${more}`)
  const fits = amount > 0n && amount <= amountDue(before)
  const right = wasThere ? status === 200 : (status === 201) === fits
  keep(11, right, () => `${name}: ${status} to ${amount} of ${amountDue(before)}`)
}

/** What was charged wrongly: a part of a line, or a whole invoice. */
export function takeBack(core: Core, node: SimulatedNode, tenant: Tenant): void {
  const { dice, rows, ledger } = core
  const invoices = rows.documents.filter(
    (one) => one.tenant_id === tenant.tenantId && one.type === 'Invoice',
  )
  if (invoices.length === 0) return
  const invoice = dice.pick(invoices)
  const params = { billingAccountName: invoice.account_name, invoiceName: invoice.name }
  const person = administratorOf(tenant)
  if (dice.percent(40)) {
    const body = { reason: 'charged wrongly' }
    return send(core, node, { operation: 'AccountInvoices_Void', person, params, body })
  }
  const line = dice.pick(ledger.lines.get(invoice.document_id) ?? [])
  const net = line.cost / dice.pick([1n, 2n, 3n])
  const amount = formatAmount(net, invoice.currency as Currency)
  // Of its content: one that is asked for again is made once.
  const name = `line-${line.line_number}-${amount}`
  const body = { line: line.line_number, amount, reason: 'charged wrongly', name }
  send(core, node, { operation: 'CreditNotes_Create', person, params, body })
}

/** From some day on; now and then from one that is over, which must change nothing. */
export function changePrices(core: Core, node: SimulatedNode, tenant: Tenant): void {
  const { dice } = core
  const clocks = core.rows.clocks.filter((row) => row.tenant_id === tenant.tenantId)
  const latest = Math.max(core.realNow, ...clocks.map((row) => Number(row.now_at)))
  const days = dice.pick([-20, 1, 3, 10, 40])
  const at = addDays(instant(latest), days)
  const key = `${tenant.tenantId}/own`
  const storedAtStart = core.rows.lists.find((row) => row.price_list_key === key)?.version
  const startedAt = core.step
  const offer = dice.pick(['PayAsYouGo', 'MicrosoftCustomerAgreement', 'EnterpriseAgreement'])
  const price = String(dice.pick([oneAnHour / 2, oneAnHour, oneAnHour * 3]))
  const effectiveFrom = formatInstant(at)
  const unitPrices = { USD: price, EUR: price, JPY: price }
  const entry = { offer, meter: 'storage-gb-months', effectiveFrom, unitPrices }
  send(core, node, {
    operation: 'PriceLists_CreateOrUpdate',
    person: administratorOf(tenant),
    params: { priceListName: 'own' },
    body: { properties: { prices: [entry] } },
    onAnswer: ({ status }) => {
      if (days > 0 || core.step !== startedAt) return
      const stored = core.rows.lists.find((row) => row.price_list_key === key)?.version
      const same = status >= 400 && stored === storedAtStart
      keep(11, same, () => `prices from ${effectiveFrom} on were taken: ${status}`)
    },
  })
}

/** The tax, the invoice day, and when the last invoice comes: of what is issued from now on. */
export function changeTerms(core: Core, node: SimulatedNode, tenant: Tenant): void {
  const { dice } = core
  const { name } = dice.pick(tenant.accounts)
  const taxRate = dice.pick(['0', '19', '20', '7.7'])
  const lastSubscriptionInvoice = dice.pick(['usualDate', 'atClose'])
  const invoiceDay = dice.pick([1, 15, 28, 31])
  send(core, node, {
    operation: 'BillingAccounts_CreateOrUpdate',
    person: administratorOf(tenant),
    params: { billingAccountName: name },
    body: { properties: { taxRate, lastSubscriptionInvoice, invoiceDay } },
  })
}
