import { keep } from './broken.ts'
import { type On, send } from './request.ts'

export function group({ core, node, person, model }: On): void {
  const resourceGroupName = core.dice.pick(['one', 'two'])
  const startedAt = core.step
  send(core, node, {
    operation: 'ResourceGroups_CreateOrUpdate',
    person,
    params: { subscriptionId: model.id, resourceGroupName },
    body: { location: 'local' },
    act: { act: 'write', model },
    onAnswer: ({ status }) => {
      if (status > 201 || core.step !== startedAt) return
      const found = core.rows.groups.some(
        (row) => row.subscription_id === model.id && row.name_key === resourceGroupName,
      )
      keep(9, found, () => `group ${resourceGroupName} of ${model.id} was made and is not there`)
    },
  })
}

export function account(on: On): void {
  const { core, node, person, model } = on
  const resourceName = `store${core.dice.below(60)}`
  const groups = core.rows.groups.filter((row) => row.subscription_id === model.id)
  if (groups.length === 0) return group(on)
  const resourceGroupName = core.dice.pick(groups).name
  const from = model.events.length
  send(core, node, {
    operation: 'Microsoft.Storage/storageAccounts_CreateOrUpdate',
    person,
    params: { subscriptionId: model.id, resourceGroupName, resourceName },
    body: { location: 'local', sku: { name: 'Standard_LRS' }, kind: 'StorageV2' },
    act: { act: 'write', model },
    onAnswer: ({ status }) => {
      if (status !== 200 && status !== 202) return
      const found = core.rows.resources.some(
        (row) => row.subscription_id === model.id && row.name === resourceName,
      )
      const told = model.events.slice(from).some(({ type }) => type === 'ResourceCreated')
      keep(9, found || told, () => `${resourceName} of ${model.id} was made and is not there`)
    },
  })
}

export function deleteAccount({ core, node, person, model }: On): void {
  const mine = core.rows.resources.filter((row) => row.subscription_id === model.id)
  const live = mine.filter((row) => row.deleted_at === null && row.destroyed_at === null)
  if (live.length === 0) return
  const { group_key, name, uid } = core.dice.pick(live)
  model.endAsked.add(uid)
  send(core, node, {
    operation: 'Microsoft.Storage/storageAccounts_Delete',
    person,
    params: { subscriptionId: model.id, resourceGroupName: group_key, resourceName: name },
    act: { act: model.suspendedSince === null ? 'write' : 'loseData', model },
    onAnswer: ({ status }) => {
      if (status !== 200 && status !== 202) return
      const deleted = model.resources.get(uid)?.deleted === true
      keep(9, deleted || model.purgedAt !== null, () => `${uid} was deleted and is still there`)
    },
  })
}

export function deleteGroup({ core, node, person, model }: On): void {
  const groups = core.rows.groups.filter((row) => row.subscription_id === model.id)
  if (groups.length === 0) return
  const { name_key } = core.dice.pick(groups)
  const inside = core.rows.resources.filter(
    (row) => row.subscription_id === model.id && row.group_key === name_key,
  )
  for (const { uid } of inside) model.endAsked.add(uid)
  send(core, node, {
    operation: 'ResourceGroups_Delete',
    person,
    params: { subscriptionId: model.id, resourceGroupName: name_key },
    act: { act: model.suspendedSince === null ? 'write' : 'loseData', model },
  })
}
