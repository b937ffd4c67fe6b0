import { randomUUID } from 'node:crypto'
import { blobDataReaderRole, readerRole } from '../../server/roles/built-in.ts'
import { expectStatus, type Load, type Outcome, send } from './load.ts'
import {
  type Crew,
  idOf,
  membersGo,
  type ModelAccount,
  type ModelGroup,
  type ModelRole,
  type ModelSubscription,
  newAccount,
  newSubscription,
} from './model.ts'
import { uncertain } from './uncertain.ts'

export async function create(load: Load, crew: Crew): Promise<Outcome> {
  crew.made += 1
  const subscription = newSubscription(`${crew.name}-${crew.made}`)
  crew.subscription = subscription
  subscription.standing.mayBecome('Enabled')
  const { billingScope } = crew
  const properties = { displayName: subscription.name, workload: 'Production', billingScope }
  const answer = await send(load, 'PUT', aliasPath(subscription), { properties })
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200, 201], `creation of ${subscription.name}`)
  subscription.standing.acknowledge('Enabled')
  const { subscriptionId } = (answer.body as { properties: { subscriptionId: string } }).properties
  subscription.id = subscriptionId
  return 'acknowledged'
}

export function aliasPath({ name }: ModelSubscription): string {
  return `/providers/Microsoft.Subscription/aliases/${name}`
}

export function groupPath(subscription: ModelSubscription, group: string): string {
  return `/subscriptions/${idOf(subscription)}/resourcegroups/${group}`
}

export async function putGroup(
  load: Load,
  subscription: ModelSubscription,
  name: string,
): Promise<Outcome> {
  const refused = subscription.standing.isSurely('Cancelled')
  const group: ModelGroup = subscription.groups.get(name) ?? {
    name,
    exists: uncertain<boolean>(false),
  }
  subscription.groups.set(name, group)
  if (!refused) group.exists.mayBecome(true)
  const answer = await send(load, 'PUT', groupPath(subscription, name), { location: 'local' })
  if (answer === null) return 'unanswered'
  const what = `creation of group ${name} in ${subscription.name}`
  expectStatus(answer, refused ? [409] : [200, 201], what)
  if (refused) return 'refused'
  group.exists.acknowledge(true)
  return 'acknowledged'
}

export async function deleteGroup(
  load: Load,
  subscription: ModelSubscription,
  group: ModelGroup,
): Promise<Outcome> {
  group.exists.mayBecome(false)
  membersGo(subscription, group.name, 'unanswered')
  const answer = await send(load, 'DELETE', groupPath(subscription, group.name))
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200, 202], `deletion of group ${group.name} in ${subscription.name}`)
  group.exists.acknowledge(false)
  membersGo(subscription, group.name, 'acknowledged')
  return answer.status === 202 ? 'accepted' : 'acknowledged'
}

export function accountPath(subscription: ModelSubscription, account: ModelAccount): string {
  const group = groupPath(subscription, account.group)
  return `${group}/providers/Microsoft.Storage/storageAccounts/${account.name}`
}

export async function putAccount(
  load: Load,
  subscription: ModelSubscription,
  place: { readonly name: string; readonly group: string; readonly number: number },
): Promise<Outcome> {
  const account = newAccount(place.name, place.group, place.number)
  subscription.accounts.push(account)
  account.exists.mayBecome(true)
  const body = { location: 'local', sku: { name: 'Standard_LRS' }, kind: 'StorageV2' }
  const answer = await send(load, 'PUT', accountPath(subscription, account), body)
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200, 201, 202], `creation of account ${account.name}`)
  account.exists.acknowledge(true)
  return answer.status === 202 ? 'accepted' : 'acknowledged'
}

/** Also in the middle of a retention: whoever may cancel may delete. */
export async function deleteAccount(
  load: Load,
  subscription: ModelSubscription,
  account: ModelAccount,
): Promise<Outcome> {
  account.exists.mayBecome(false)
  const answer = await send(load, 'DELETE', accountPath(subscription, account))
  if (answer === null) return 'unanswered'
  expectStatus(answer, [200, 202], `deletion of account ${account.name}`)
  account.exists.acknowledge(false)
  return answer.status === 202 ? 'accepted' : 'acknowledged'
}

export async function putContainer(load: Load, account: ModelAccount): Promise<Outcome> {
  account.container.mayBecome(true)
  const path = `/${account.name}/${account.containerName}?restype=container`
  const answer = await load.site.blob('PUT', path)
  if (answer === null) return 'unanswered'
  const shown = { status: answer.status, headers: {}, body: answer.code }
  expectStatus(shown, [201], `creation of a container in ${account.name}`)
  account.container.acknowledge(true)
  load.tally.acknowledgedChanges += 1
  return 'acknowledged'
}

export const assignableRoles: readonly string[] = [readerRole.id, blobDataReaderRole.id]

export function assignmentPath(subscription: ModelSubscription, assignmentId: string): string {
  const scope = `/subscriptions/${idOf(subscription)}/providers/Microsoft.Authorization`
  return `${scope}/roleAssignments/${assignmentId}`
}

/** Gives a role to the principal, or takes it back: in a retention as well. */
export async function changeRole(
  load: Load,
  subscription: ModelSubscription,
  roleId: string,
): Promise<Outcome> {
  const role: ModelRole = subscription.roles.get(roleId) ?? {
    roleId,
    assignment: uncertain<string | null>(null),
  }
  subscription.roles.set(roleId, role)
  const [held = null] = role.assignment.possible
  if (held !== null) {
    role.assignment.mayBecome(null)
    const answer = await send(load, 'DELETE', assignmentPath(subscription, held))
    if (answer === null) return 'unanswered'
    expectStatus(answer, [200], `withdrawal of a role in ${subscription.name}`)
    role.assignment.acknowledge(null)
    return 'acknowledged'
  }
  const assignmentId = randomUUID()
  role.assignment.mayBecome(assignmentId)
  const definitions = '/providers/Microsoft.Authorization/roleDefinitions'
  const { principalId } = load
  const properties = { roleDefinitionId: `${definitions}/${roleId}`, principalId }
  const answer = await send(load, 'PUT', assignmentPath(subscription, assignmentId), { properties })
  if (answer === null) return 'unanswered'
  expectStatus(answer, [201], `assignment of a role in ${subscription.name}`)
  role.assignment.acknowledge(assignmentId)
  return 'acknowledged'
}
