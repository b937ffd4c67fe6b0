import type { Messages } from '../../refusals.ts'

/** In Simplified Chinese: groups and resources. */
export const resources = {
  resourceGroupNotFound: ({ name }) => `找不到资源组“${name}”。请先创建它，或检查其名称。`,
  resourceNotFound: ({ resource, group }) =>
    `在资源组“${group}”中找不到资源“${resource}”。请检查资源名称和资源组。`,
  invalidLocation: ({ location, known }) =>
    `提供的位置“${location}”不可用。可用的位置：${known.join('、')}。`,
  locationRequired: () => '必须提供 location 属性。请指定一个位置，例如“local”。',
  locationImmutable: ({ resource, actual, asked }) =>
    `资源“${resource}”已存在于位置“${actual}”，不能放到“${asked}”。请使用它现有的位置，或换一个名称。`,
  groupLocationImmutable: ({ group, actual, asked }) =>
    `资源组位置“${asked}”无效。资源组“${group}”已存在于位置“${actual}”。`,
  groupBeingDeleted: ({ group }) => `正在删除资源组“${group}”。请等待删除完成后重试。`,
  resourceBeingDeleted: ({ resource }) => `正在删除资源“${resource}”。请等待删除完成后重试。`,
  storageNameTaken: ({ name }) => `存储帐户名称 ${name} 已被占用。请选择其他名称。`,
  storageNameInvalid: ({ name }) =>
    `${name} 不是有效的存储帐户名称。存储帐户名称的长度必须为 3 到 24 个字符，并且只能包含数字和小写字母。`,
  providerNotRegistered: ({ namespace, subscriptionId }) =>
    `该订阅未注册使用命名空间“${namespace}”。请注册：POST ` +
    `/subscriptions/${subscriptionId}/providers/${namespace}/register。`,
} satisfies Partial<Messages>
