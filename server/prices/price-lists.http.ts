import { type Operation, operation, refuseRequest } from '../pipeline/operation.ts'
import { orRefuse } from '../pipeline/or-refuse.ts'
import { pageOf, readPage } from '../pipeline/page.ts'
import { lifecycleApiVersions } from '../subscriptions/api-versions.ts'
import {
  type PriceListBody,
  type PriceListDependencies,
  priceListBody,
  putPriceList,
} from './put.http.ts'
import { priceListsPath, showList, showWhole } from './show.ts'
import { priceListKeyOf, readPriceList, readPriceLists, readPrices } from './store.ts'

const common = {
  type: 'Reprieve.Lifecycle/priceLists',
  apiVersions: lifecycleApiVersions,
  scope: () => '/',
  whenSuspended: 'not of a subscription',
} as const

/** Price lists: the default one of the installation, and a tenant's own. */
export function priceListOperations(dependencies: PriceListDependencies): readonly Operation[] {
  return [
    operation<PriceListBody>({
      ...common,
      name: 'PriceLists_CreateOrUpdate',
      method: 'PUT',
      paths: [`${priceListsPath}/:priceListName`],
      action: 'Reprieve.Lifecycle/priceLists/write',
      body: priceListBody,
      handle: (request) => putPriceList(request, dependencies),
    }),
    getPriceList(dependencies),
    listPriceLists(dependencies),
  ]
}

function getPriceList({ database }: PriceListDependencies): Operation {
  return operation({
    ...common,
    name: 'PriceLists_Get',
    method: 'GET',
    paths: [`${priceListsPath}/:priceListName`],
    action: 'Reprieve.Lifecycle/priceLists/read',
    handle: async ({ caller, params }) => {
      const name = String(params['priceListName'])
      const list = await readPriceList(database.db, priceListKeyOf(caller.tenantId, name))
      if (list === null) refuseRequest('notFound', { what: `The price list '${name}'` })
      return { status: 200, body: showWhole(list, await readPrices(database.db, list.key)) }
    },
  })
}

/** Without their prices: each list shows its own. */
function listPriceLists({ database }: PriceListDependencies): Operation {
  return operation({
    ...common,
    name: 'PriceLists_List',
    method: 'GET',
    paths: [priceListsPath],
    action: 'Reprieve.Lifecycle/priceLists/read',
    handle: async (request) => {
      const asked = orRefuse(readPage(request.query))
      const rows = await readPriceLists(database.db, request.caller.tenantId, {
        after: asked.after?.[0] ?? null,
        limit: asked.limit + 1,
      })
      const page = pageOf(rows, asked, (row) => [row.key], { ...request, path: priceListsPath })
      return { status: 200, body: { value: page.rows.map(showList), nextLink: page.nextLink } }
    },
  })
}
