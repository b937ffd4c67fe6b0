import type { Messages } from '../../refusals.ts'
import { reasons, whoMay } from './phrases.ts'

/** In Simplified Chinese: subscriptions, their plans, offers and clocks. */
export const subscriptions = {
  invalidSubscriptionId: ({ subscriptionId }) =>
    `提供的订阅标识符“${subscriptionId}”格式不正确。它必须是 GUID。`,
  subscriptionNotFound: ({ subscriptionId }) =>
    `找不到订阅“${subscriptionId}”。请检查其 ID，并确认你已登录到它所在的租户且在该订阅上拥有角色。`,
  readOnlySubscription: ({ subscriptionId, suspensions, until, wayBack }) =>
    `订阅“${subscriptionId}”已禁用，因此标记为只读。在重新激活之前，无法对此订阅执行任何写入操作。原因：${reasons(suspensions)}。` +
    `其数据在 ${until} 之前可以读取，之后将被删除。如何恢复：${whoMay(wayBack)}。`,
  resourcesExist: ({ subscriptionId, resources, count }) =>
    `订阅“${subscriptionId}”中仍有 ${count} 个资源：` +
    `${resources.join('、')}${count > resources.length ? '……' : ''}。请先删除这些资源，或使用 ` +
    'IgnoreResourceCheck=true 取消订阅：资源随即停止，并在保留期内保留。',
  planChanged: ({ plan }) =>
    `取消计划“${plan}”的内容已不再符合实际：其中列出的某一项此后发生了变化。未取消任何内容。请制定新的计划并阅读。`,
  planExpired: ({ plan, expiredAt }) =>
    `取消计划“${plan}”已于 ${expiredAt} 过期。未取消任何内容。请制定新的计划并阅读。`,
  planNotFound: ({ plan }) =>
    `此订阅没有取消计划“${plan}”。请制定一个：POST .../Reprieve.Lifecycle/cancelPlans。`,
  retentionEnded: ({ subscriptionId, purgeAt }) =>
    `订阅“${subscriptionId}”的保留期已于 ${purgeAt} 结束，无法再重新激活。请创建新的订阅。`,
  termEnded: ({ subscriptionId, endedAt }) =>
    `支持计划“${subscriptionId}”已于 ${endedAt} 结束；仅在其服务期内可以恢复。请购买新的支持计划。`,
  notATrial: ({ subscriptionId, offer }) =>
    `订阅“${subscriptionId}”的套餐为 ${offer}，不是试用版。只有试用版可以升级。`,
  upgradeCancelled: ({ subscriptionId, who }) =>
    `订阅“${subscriptionId}”已取消，升级不会将其恢复。恢复方法：${whoMay(who)}。`,
  holdsNoResources: ({ subscriptionId, offer }) =>
    `订阅“${subscriptionId}”是支持计划（${offer}），不包含任何资源。请在其他订阅中创建资源。`,
  accountUnpaid: ({ account, since }) =>
    `计费帐户“${account}”自 ${since} 起有超过宽限期仍未支付的账单。请先付款，然后才能添加新订阅。`,
  notCancelled: ({ subscriptionId }) =>
    `订阅“${subscriptionId}”尚未取消。请先取消它；数天之后可以将其删除。`,
  notYetDeletable: ({ subscriptionId, deletableFrom }) =>
    `订阅“${subscriptionId}”从 ${deletableFrom} 起可以删除。在此之前可以重新激活。`,
  nameMismatch: () => 'subscriptionName 的值不是此订阅的名称。请按显示的名称原样输入以进行确认。',
  billingScopeNotFound: ({ billingScope }) =>
    `找不到计费范围“${billingScope}”，或者你无权在其中创建订阅。请联系计费帐户的所有者。`,
  offerNotFound: ({ offer, known }) => `没有套餐“${offer}”。可用的套餐：${known.join('、')}。`,
  offerNotAvailable: ({ offer, account, reason }) =>
    reason === 'taken'
      ? `计费帐户“${account}”已使用过套餐 ${offer}，该套餐只能使用一次。请选择其他套餐。`
      : `套餐 ${offer} 不适用于计费帐户“${account}”的协议。请选择其他套餐。`,
  aliasConflict: ({ alias, subscriptionId }) =>
    `别名“${alias}”已用于订阅“${subscriptionId}”。请使用其他别名。`,
  testClocksOff: () => '此服务器上的测试时钟已关闭。其运营者可使用 --test-clocks 将其打开。',
  clockNotFound: ({ clock }) =>
    `没有测试时钟“${clock}”。请先创建它：PUT /providers/Reprieve.Lifecycle/testClocks/${clock}。`,
  clockBackwards: ({ now, asked }) =>
    `测试时钟不能倒退。它当前位于 ${now}，而 ${asked} 更早。请指定更晚的时间。`,
  clockBusy: ({ clock, target }) =>
    `测试时钟“${clock}”正在推进到 ${target}。请等待其状态变为 Ready。`,
  clockInUse: ({ clock, accounts }) =>
    `测试时钟“${clock}”正用于计费帐户 ${accounts.join('、')}。请先删除其数据。`,
  clockTaken: ({ clock }) =>
    `测试时钟“${clock}”正用于另一个计费帐户，而一个时钟只能用于一个帐户。请创建另一个名称的时钟。`,
} satisfies Partial<Messages>
