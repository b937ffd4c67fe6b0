import type { FieldProblem, Refusal } from '../../api/refusals.ts'
import { type Decision, accept, refuse } from '../kernel/decision.ts'
import type { OwnContent, RequestBody } from './resource-type.ts'
import { writableProperties } from './storage-account-schema.ts'

export const storageAccountTypeName = 'Microsoft.Storage/storageAccounts'

const nameShape = /^[a-z0-9]{3,24}$/

export function checkStorageName(name: string): Decision<string, Refusal> {
  if (nameShape.test(name)) return accept(name)
  return refuse({ name: 'storageNameInvalid', facts: { name } })
}

type Properties = { readonly [name: string]: unknown }

/** As Azure sets them for an account that does not say otherwise. */
function defaultsOf(kind: string, sku: string): Properties {
  return {
    ...(kind === 'Storage' ? {} : { accessTier: sku.startsWith('Premium') ? 'Premium' : 'Hot' }),
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    minimumTlsVersion: 'TLS1_2',
    networkAcls: allowAll,
    supportsHttpsTrafficOnly: true,
  }
}

const allowAll = {
  bypass: 'AzureServices',
  defaultAction: 'Allow',
  ipRules: [],
  virtualNetworkRules: [],
}

/** A whole account as asked. What cannot change later keeps its value when it is left out. */
export function decidePutAccount(
  body: RequestBody,
  existing: OwnContent | null,
): Decision<OwnContent, Refusal> {
  const kind = body.kind ?? existing?.kind ?? 'StorageV2'
  const sku = body.sku?.name ?? skuOf(existing)
  const properties = {
    ...defaultsOf(kind, sku),
    ...keptOf(existing),
    ...completeRules(writableOf(body.properties)),
  }
  return checkAccount({ kind, sku: showSku(sku), properties }, existing)
}

/** When the keys were made is the server's to say: no PUT takes it away. */
function keptOf(existing: OwnContent | null): Properties {
  const keyCreationTime = existing?.properties['keyCreationTime']
  return keyCreationTime === undefined ? {} : { keyCreationTime }
}

/** Network rules are answered whole, whatever of them was given. */
function completeRules(properties: Properties): Properties {
  const rules = properties['networkAcls']
  return isObject(rules) ? { ...properties, networkAcls: { ...allowAll, ...rules } } : properties
}

/** Parts of an account: objects inside `properties` are merged, as JSON merge patch says. */
export function decidePatchAccount(
  body: RequestBody,
  existing: OwnContent,
): Decision<OwnContent, Refusal> {
  const kind = body.kind ?? existing.kind
  const sku = body.sku?.name ?? skuOf(existing)
  const properties = mergePatch(existing.properties, writableOf(body.properties))
  return checkAccount({ kind, sku: showSku(sku), properties }, existing)
}

/** An account's rules that no schema says: which redundancy goes with which kind, what stays. */
function checkAccount(
  content: OwnContent,
  existing: OwnContent | null,
): Decision<OwnContent, Refusal> {
  const sku = skuOf(content)
  const premium = sku.startsWith('Premium')
  if (content.kind === 'BlockBlobStorage' && !premium) {
    return invalid('sku.name', { kind: 'oneOf', values: ['Premium_LRS', 'Premium_ZRS'] })
  }
  if (content.kind === 'BlobStorage' && premium) {
    return invalid('sku.name', { kind: 'oneOf', values: standardForBlobs })
  }
  const tier = content.properties['accessTier']
  if (premium !== (tier === 'Premium') && tier !== undefined) {
    const values = premium ? ['Premium'] : ['Hot', 'Cool', 'Cold']
    return invalid('properties.accessTier', { kind: 'oneOf', values })
  }
  if (existing === null) return accept(content)
  const before = skuOf(existing)
  if (before.startsWith('Premium') !== premium) return immutable('sku.name', before)
  const upgraded = content.kind === 'StorageV2' && isUpgradable(existing.kind)
  if (content.kind !== existing.kind && !upgraded) {
    return immutable('kind', existing.kind ?? '')
  }
  return accept(content)
}

const standardForBlobs = ['Standard_LRS', 'Standard_GRS', 'Standard_RAGRS']

function isUpgradable(kind: string | null): boolean {
  return kind === 'Storage' || kind === 'BlobStorage'
}

/** What the server itself adds is taken out of what a client sends back. */
function writableOf(properties: RequestBody['properties']): Properties {
  const given = Object.entries(properties ?? {})
  return Object.fromEntries(given.filter(([name]) => writableProperties.includes(name)))
}

/** RFC 7396, but for null: the published description knows no property that may be null. */
function mergePatch(before: Properties, patch: Properties): Properties {
  const merged = { ...before }
  for (const [name, value] of Object.entries(patch)) {
    const old = merged[name]
    merged[name] = isObject(old) && isObject(value) ? mergePatch(old, value) : value
  }
  return merged
}

function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function skuOf(content: OwnContent | null): string {
  const sku: { readonly name?: string } | null | undefined = content?.sku
  return sku?.name ?? 'Standard_LRS'
}

function showSku(name: string): { readonly name: string; readonly tier: string } {
  return { name, tier: name.startsWith('Premium') ? 'Premium' : 'Standard' }
}

function invalid(field: string, problem: FieldProblem): Decision<never, Refusal> {
  return refuse({ name: 'invalidContent', facts: { field, problem } })
}

function immutable(property: string, actual: string): Decision<never, Refusal> {
  return refuse({ name: 'immutableProperty', facts: { property, actual } })
}
