import { keep } from './broken.ts'
import { type On, send } from './request.ts'
import { roleIds } from './rights.ts'

/** The tenant's administrator gives one of his people a role on a subscription. */
export function assign({ core, node, model }: On): void {
  const tenant = core.tenants.find(({ tenantId }) => tenantId === model.tenantId)
  const [admin] = tenant?.people ?? []
  if (tenant === undefined || admin === undefined || model.purgeStartedAt !== null) return
  const startedAt = core.step
  const roleAssignmentName = core.random.uuid()
  const role = core.dice.pick(Object.values(roleIds))
  const { principalId } = core.dice.pick(tenant.people)
  send(core, node, {
    operation: 'RoleAssignments_Create',
    person: { tenantId: model.tenantId, principalId: admin.principalId },
    params: { subscriptionId: model.id, roleAssignmentName },
    body: {
      properties: {
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId,
      },
    },
    onAnswer: ({ status }) => {
      const id = roleAssignmentName
      const found = core.rows.assignments.some((row) => row.assignment_id === id)
      const stored = found || core.step !== startedAt
      keep(9, status !== 201 || stored, () => `the assignment ${id} was made and is not there`)
    },
  })
}

export function unassign({ core, node, model }: On): void {
  const scope = `/subscriptions/${model.id}`
  const held = core.rows.assignments.filter((row) => row.scope_key === scope)
  const tenant = core.tenants.find(({ tenantId }) => tenantId === model.tenantId)
  if (held.length === 0 || tenant === undefined) return
  const startedAt = core.step
  const { assignment_id } = core.dice.pick(held)
  send(core, node, {
    operation: 'RoleAssignments_Delete',
    person: { tenantId: model.tenantId, principalId: tenant.people[0]?.principalId ?? '' },
    params: { subscriptionId: model.id, roleAssignmentName: assignment_id },
    onAnswer: ({ status }) => {
      const found = core.rows.assignments.some((row) => row.assignment_id === assignment_id)
      const gone = !found || core.step !== startedAt
      keep(9, status !== 200 || gone, () => `${assignment_id} was taken away and is still there`)
    },
  })
}
