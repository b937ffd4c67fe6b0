import type { Messages } from '../../refusals.ts'
import { whoMay } from './phrases.ts'

/** In Simplified Chinese: who may, roles and principals. */
export const roles = {
  authorisationFailed: ({ client, objectId, action, scope, roles }) =>
    `对象 ID 为“${objectId}”的客户端“${client}”无权在范围“${scope}”内执行操作“${action}”，或者该范围无效。有此权限的角色：` +
    `${roles.join('、')}，或包含该操作的自定义角色，并且在此范围或其上级范围分配。`,
  lifecycleActForbidden: ({ client, objectId, action, scope, offer, who }) =>
    `对象 ID 为“${objectId}”的客户端“${client}”无权在范围“${scope}”内执行操作“${action}”。根据套餐 ${offer}，` +
    `${whoMay(who)}。`,
  operatorOnly: ({ action }) => `操作“${action}”仅限运营者租户的管理员执行。`,
  roleAssignmentExists: ({ assignmentId }) => `角色分配已存在。其 ID 为“${assignmentId}”。`,
  roleAssignmentConflict: ({ assignmentId }) =>
    `角色分配“${assignmentId}”已存在，但主体、角色或范围不同，而这些内容不能更改。请删除它，或使用新的 ID。`,
  roleAssignmentNotFound: ({ name, scope }) =>
    `在范围“${scope}”中没有角色分配“${name}”。请列出 roleAssignments 以查看现有的角色分配。`,
  roleDefinitionNotFound: ({ roleId, scope }) =>
    `在范围“${scope}”中没有角色定义“${roleId}”。请列出 roleDefinitions 以查看现有的角色定义。`,
  roleNotAssignable: ({ role, scope, assignableScopes }) =>
    `角色“${role}”不能在“${scope}”分配。它可以在以下范围及其下级分配：${assignableScopes.join('、')}。请在其中之一分配，` +
    '或将此范围加入其 assignableScopes。',
  assignableScopeNotFound: ({ scope }) =>
    `找不到可分配范围“${scope}”。请指定“/”，或此租户的订阅、资源组或计费帐户。`,
  reservedAct: ({ role, action, scope }) =>
    `角色“${role}”指明了操作“${action}”，而订阅的套餐对该操作有所保留。只有自己可以在“${scope}”执行该操作的人，或管理整个租户访问权限的人，` +
    '才能授予这样的角色。请联系他们，或使用不含该操作的角色。',
  tooManySecrets: ({ principal, max }) =>
    `服务主体“${principal}”已有 ${max} 个机密，不能再添加。请删除一个不再使用的机密。`,
  lastAdministrator: ({ scope }) =>
    `不能删除可以管理“${scope}”访问权限的最后一个角色分配。请先在该范围将 Owner 角色授予其他人。`,
  roleNotFound: ({ roleId }) =>
    `ID 为“${roleId}”的角色定义不存在。请列出 roleDefinitions 以查看现有的角色定义。`,
  roleInUse: ({ roleId, count }) =>
    `角色定义“${roleId}”有 ${count} 个角色分配。请先删除这些角色分配。`,
  builtInRole: ({ role }) => `角色“${role}”是内置角色，不能更改。请创建自定义角色。`,
  roleNameTaken: ({ name, roleId }) =>
    `名为“${name}”的角色已存在，其 ID 为“${roleId}”。请使用该 ID，或换一个名称。`,
  principalNotFound: ({ principalId }) =>
    `目录中不存在主体 ${principalId}。请使用此租户中某个主体的对象 ID。`,
  roleNeedsTenantScope: ({ role }) => `角色“${role}”只能由租户管理员在范围“/”分配。`,
} satisfies Partial<Messages>
