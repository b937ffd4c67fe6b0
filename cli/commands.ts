import { billingAccountCreate } from './billing-account/create.ts'
import { billingAccountList } from './billing-account/list.ts'
import { billingAccountSet } from './billing-account/set.ts'
import { billingAccountShow } from './billing-account/show.ts'
import { clockAdvance } from './clock/advance.ts'
import { clockCreate } from './clock/create.ts'
import { clockShow } from './clock/show.ts'
import type { Command } from './command.ts'
import { cost } from './cost/cost.ts'
import { demo } from './demo/demo.ts'
import { demoRemove } from './demo/remove.ts'
import { eventsList } from './events/list.ts'
import { eventsVerify } from './events/verify.ts'
import { invoiceCredit } from './invoice/credit.ts'
import { invoiceDownload } from './invoice/download.ts'
import { invoiceList } from './invoice/list.ts'
import { invoicePay } from './invoice/pay.ts'
import { invoiceShow } from './invoice/show.ts'
import { invoiceVoid } from './invoice/void.ts'
import { priceListSet } from './price-list/set.ts'
import { priceListShow } from './price-list/show.ts'
import { resourceList } from './resource/list.ts'
import { sellerSet } from './seller/set.ts'
import { sellerShow } from './seller/show.ts'
import { login } from './session/login.ts'
import { logout } from './session/logout.ts'
import { storageCreate } from './storage/create.ts'
import { storageKeys } from './storage/keys.ts'
import { storageList } from './storage/list.ts'
import { storageLs } from './storage/ls.ts'
import { storageRead } from './storage/read.ts'
import { storageWrite } from './storage/write.ts'
import { subscriptionCancel } from './subscription/cancel.ts'
import { subscriptionCreate } from './subscription/create.ts'
import { subscriptionDelete } from './subscription/delete.ts'
import { subscriptionList } from './subscription/list.ts'
import { subscriptionPlan } from './subscription/plan.ts'
import { subscriptionReactivate } from './subscription/reactivate.ts'
import { subscriptionRename } from './subscription/rename.ts'
import { subscriptionShow } from './subscription/show.ts'
import { subscriptionUpgrade } from './subscription/upgrade.ts'

/** Every command but `serve`, in the order of the help. */
export const commands: readonly Command[] = [
  login,
  logout,
  demo,
  demoRemove,
  subscriptionList,
  subscriptionShow,
  subscriptionCreate,
  subscriptionPlan,
  subscriptionCancel,
  subscriptionReactivate,
  subscriptionUpgrade,
  subscriptionDelete,
  subscriptionRename,
  resourceList,
  storageList,
  storageCreate,
  storageKeys,
  storageLs,
  storageRead,
  storageWrite,
  cost,
  billingAccountList,
  billingAccountShow,
  billingAccountCreate,
  billingAccountSet,
  invoiceList,
  invoiceShow,
  invoiceDownload,
  invoicePay,
  invoiceVoid,
  invoiceCredit,
  priceListShow,
  priceListSet,
  sellerShow,
  sellerSet,
  clockShow,
  clockCreate,
  clockAdvance,
  eventsList,
  eventsVerify,
]
