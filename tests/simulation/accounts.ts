import { formatInstant, instant } from '../../server/kernel/instant.ts'
import { loadDefaultPrices } from '../../server/prices/change.store.ts'
import { packagedPrices } from '../../server/prices/packaged.ts'
import { type Core, type SimulatedNode, type Tenant, settle } from './core.ts'
import { type Answer, send } from './request.ts'
import type { Person } from './rights.ts'
import { takeEnded } from './task.ts'

/** At this price of a GB-month, a MiB costs one unit of the currency for each hour. */
export const oneAnHour = 730 * 1024

/** As at the first start: support plans, and what no list of a tenant names, cost what it says. */
export async function loadPrices({ database, clock, random }: Core): Promise<void> {
  await database.transaction(async (tx) => {
    await loadDefaultPrices(tx, packagedPrices(), clock.now(), {
      onlyFirst: true,
      random,
    })
  })
}

/**
 * A list of the tenant's own, at which a MiB is seen on an invoice after an hour. Under the
 * enterprise agreement it begins later: until then the installation's list holds.
 */
export async function addPrices(core: Core, tenant: Tenant): Promise<void> {
  const soon = formatInstant(instant(core.realNow + 1000))
  const later = formatInstant(instant(core.realNow + 40 * 86_400_000))
  const asked = [
    ['PayAsYouGo', soon, String(oneAnHour)],
    ['MicrosoftCustomerAgreement', soon, `${oneAnHour}.5`],
    ['EnterpriseAgreement', later, String(oneAnHour / 2)],
  ] as const
  const prices = asked.map(([offer, effectiveFrom, unitPrice]) => ({
    offer,
    meter: 'storage-gb-months',
    effectiveFrom,
    unitPrices: { USD: unitPrice, EUR: unitPrice, JPY: unitPrice },
  }))
  const created = await ask(core, tenant, {
    operation: 'PriceLists_CreateOrUpdate',
    params: { priceListName: 'own' },
    body: { properties: { prices } },
  })
  if (created.status !== 201) throw new Error(`price list: ${created.status} ${created.code}`)
}

export async function addAccount(
  core: Core,
  tenant: Tenant,
  account: Tenant['accounts'][number],
): Promise<void> {
  const { name, clock } = account
  if (clock !== null) {
    const now = new Date(core.realNow + core.dice.below(400) * 86_400_000).toISOString()
    const body = { properties: { now } }
    await ask(core, tenant, { operation: 'TestClocks_Create', params: { clockName: clock }, body })
  }
  const terms = {
    programme: { agreementType: 'MicrosoftOnlineServicesProgram', currency: 'USD', invoiceDay: 15 },
    agreement: { agreementType: 'MicrosoftCustomerAgreement', currency: 'JPY', invoiceDay: 31 },
    real: {
      agreementType:
        core.tenants.length === 1 ? 'MicrosoftOnlineServicesProgram' : 'EnterpriseAgreement',
      currency: 'EUR',
      invoiceDay: 1,
    },
  }[name]
  const money = {
    priceList: 'own',
    taxRate: core.dice.pick(['0', '19', '7.7']),
    lastSubscriptionInvoice: core.dice.pick(['usualDate', 'atClose'] as const),
  }
  const { status, code } = await ask(core, tenant, {
    operation: 'BillingAccounts_CreateOrUpdate',
    params: { billingAccountName: name },
    body: { properties: { ...terms, ...money, testClock: clock } },
  })
  if (status !== 201) throw new Error(`account ${name}: ${status} ${code}`)
}

export function administratorOf({ tenantId, people }: Tenant): Person {
  return { tenantId, principalId: people[0]?.principalId ?? '' }
}

/** Asked by the tenant's administrator before the history begins, and awaited. */
async function ask(
  core: Core,
  tenant: Tenant,
  asked: { operation: string; params: { [name: string]: string }; body: unknown },
): Promise<Answer> {
  const node: SimulatedNode | null = core.hosts[0]?.node ?? null
  const answers: Answer[] = []
  if (node !== null) {
    const onAnswer = (answer: Answer): void => void answers.push(answer)
    send(core, node, { ...asked, person: administratorOf(tenant), onAnswer })
  }
  await settle(core)
  for (const task of takeEnded(core)) if (task.outcome !== null) task.onEnd(task.outcome)
  const [answer] = answers
  if (answer === undefined) throw new Error(`${asked.operation} was not answered`)
  return answer
}
