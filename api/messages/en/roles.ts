import type { Messages } from '../../refusals.ts'
import { whoMay } from './phrases.ts'

/** In English: who may, roles and principals. */
export const roles = {
  authorisationFailed: ({ client, objectId, action, scope, roles }) =>
    `The client '${client}' with object id '${objectId}' does not have authorization to ` +
    `perform action '${action}' over scope '${scope}' or the scope is invalid. Who may: ` +
    `${roles.join(', ')}, or a custom role with that action, assigned at this scope or ` +
    'above.',
  lifecycleActForbidden: ({ client, objectId, action, scope, offer, who }) =>
    `The client '${client}' with object id '${objectId}' does not have authorization to ` +
    `perform action '${action}' over scope '${scope}'. Under the offer ${offer}, ` +
    `${whoMay(who)}.`,
  operatorOnly: ({ action }) =>
    `The action '${action}' is for administrators of the operator's tenant.`,
  roleAssignmentExists: ({ assignmentId }) =>
    `The role assignment already exists. Its id is '${assignmentId}'.`,
  roleAssignmentConflict: ({ assignmentId }) =>
    `The role assignment '${assignmentId}' exists with another principal, role or scope, ` +
    'which cannot be changed. Delete it, or use a new id.',
  roleAssignmentNotFound: ({ name, scope }) =>
    `There is no role assignment '${name}' at the scope '${scope}'. List roleAssignments ` +
    'for those that there are.',
  roleDefinitionNotFound: ({ roleId, scope }) =>
    `There is no role definition '${roleId}' at the scope '${scope}'. List ` +
    'roleDefinitions for those that there are.',
  roleNotAssignable: ({ role, scope, assignableScopes }) =>
    `The role '${role}' is not assignable at '${scope}'. It is assignable at ` +
    `${assignableScopes.join(', ')}, and below. Assign it there, or add the scope to its ` +
    'assignableScopes.',
  assignableScopeNotFound: ({ scope }) =>
    `The assignable scope '${scope}' was not found. Name '/', a subscription, a resource ` +
    'group or a billing account of this tenant.',
  reservedAct: ({ role, action, scope }) =>
    `The role '${role}' names the action '${action}', which the offer of the ` +
    `subscription reserves. Only who may do it at '${scope}', or manages the access to ` +
    'the whole tenant, may give such a role. Ask one of them, or use a role without that ' +
    'action.',
  tooManySecrets: ({ principal, max }) =>
    `The service principal '${principal}' has ${max} secrets already, and may have no ` +
    'more. Delete one that is not used.',
  lastAdministrator: ({ scope }) =>
    `The last assignment that can manage access at '${scope}' cannot be deleted. Give ` +
    'somebody else the role Owner there first.',
  roleNotFound: ({ roleId }) =>
    `The specified role definition with ID '${roleId}' does not exist. List ` +
    'roleDefinitions for those that do.',
  roleInUse: ({ roleId, count }) =>
    `The role definition '${roleId}' has ${count} assignments. Delete them first.`,
  builtInRole: ({ role }) =>
    `The role '${role}' is built in and cannot be changed. Make a custom role.`,
  roleNameTaken: ({ name, roleId }) =>
    `A role named '${name}' already exists, with id '${roleId}'. Use that id or another ` + 'name.',
  principalNotFound: ({ principalId }) =>
    `Principal ${principalId} does not exist in the directory. Use the object id of a ` +
    'principal of this tenant.',
  roleNeedsTenantScope: ({ role }) =>
    `The role '${role}' can be assigned at the scope '/' only, by an administrator of ` +
    'the tenant.',
} satisfies Partial<Messages>
