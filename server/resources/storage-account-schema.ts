import { type TSchema, Type } from 'typebox'

/**
 * The published description of a storage account's request, narrowed to what the data plane keeps.
 * A value that it would not keep (a firewall, a private network, a file share) is refused: an
 * account that only says it is closed would be worse than one that says it cannot be.
 */
const closed = { additionalProperties: false }

export const skuNames = [
  'Standard_LRS',
  'Standard_GRS',
  'Standard_RAGRS',
  'Standard_ZRS',
  'Standard_GZRS',
  'Standard_RAGZRS',
  'Premium_LRS',
  'Premium_ZRS',
] as const

export const kinds = ['Storage', 'StorageV2', 'BlobStorage', 'BlockBlobStorage'] as const

const text = Type.String({ maxLength: 2048 })
const flag = Type.Boolean()
const off = Type.Literal(false)

function optional(properties: { readonly [name: string]: TSchema }): TSchema {
  const parts = Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)])
  return Type.Object(Object.fromEntries(parts) as { [name: string]: TSchema }, closed)
}

const sku = Type.Object(
  { name: Type.Enum([...skuNames]), tier: Type.Optional(Type.Enum(['Standard', 'Premium'])) },
  closed,
)

const service = optional({
  enabled: flag,
  keyType: Type.Enum(['Service', 'Account']),
  lastEnabledTime: text,
})

const encryption = optional({
  services: optional({ blob: service, file: service, table: service, queue: service }),
  keySource: Type.Enum(['Microsoft.Storage']),
  requireInfrastructureEncryption: flag,
})

const rules = (properties: { readonly [name: string]: TSchema }): TSchema =>
  Type.Array(optional(properties), { maxItems: 400 })

const networkAcls = optional({
  bypass: Type.String({ pattern: '^(None|(Logging|Metrics|AzureServices)(, ?\\w+)*)$' }),
  defaultAction: Type.Enum(['Allow']),
  ipRules: rules({ value: text, action: Type.Enum(['Allow']) }),
  virtualNetworkRules: rules({ id: text, action: Type.Enum(['Allow']), state: text }),
  resourceAccessRules: rules({ tenantId: text, resourceId: text }),
  ipv6Rules: rules({ value: text, action: Type.Enum(['Allow']) }),
})

const keyPolicy = Type.Object(
  { keyExpirationPeriodInDays: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }) },
  closed,
)

const sasPolicy = Type.Object(
  { sasExpirationPeriod: text, expirationAction: Type.Enum(['Log']) },
  closed,
)

/** What a client may ask for, each as the data plane keeps it. */
const writable = {
  accessTier: Type.Enum(['Hot', 'Cool', 'Cold', 'Premium']),
  allowBlobPublicAccess: flag,
  allowCrossTenantReplication: flag,
  allowSharedKeyAccess: Type.Literal(true),
  defaultToOAuthAuthentication: flag,
  dnsEndpointType: Type.Enum(['Standard']),
  enableExtendedGroups: off,
  encryption,
  isHnsEnabled: off,
  isLocalUserEnabled: flag,
  isNfsV3Enabled: off,
  isSftpEnabled: off,
  keyPolicy,
  largeFileSharesState: Type.Enum(['Disabled', 'Enabled']),
  minimumTlsVersion: Type.Enum(['TLS1_0', 'TLS1_1', 'TLS1_2']),
  networkAcls,
  publicNetworkAccess: Type.Enum(['Enabled']),
  routingPreference: optional({
    routingChoice: Type.Enum(['MicrosoftRouting', 'InternetRouting']),
    publishMicrosoftEndpoints: flag,
    publishInternetEndpoints: flag,
  }),
  sasPolicy,
  supportsHttpsTrafficOnly: flag,
}

/** What the server says of itself: clients send it back in a whole PUT, and it is not looked at. */
const readOnly = [
  'accountMigrationInProgress',
  'blobRestoreStatus',
  'creationTime',
  'failoverInProgress',
  'geoReplicationStats',
  'isSkuConversionBlocked',
  'keyCreationTime',
  'lastGeoFailoverTime',
  'primaryEndpoints',
  'primaryLocation',
  'privateEndpointConnections',
  'provisioningState',
  'secondaryEndpoints',
  'secondaryLocation',
  'statusOfPrimary',
  'statusOfSecondary',
  'storageAccountSkuConversionStatus',
] as const

export const writableProperties: readonly string[] = Object.keys(writable)

const properties = optional({
  ...writable,
  ...Object.fromEntries(readOnly.map((name) => [name, Type.Unknown()])),
})

const tags = Type.Unsafe({
  type: 'object',
  nullable: true,
  additionalProperties: { type: 'string' },
})

const envelope = {
  id: Type.Optional(text),
  name: Type.Optional(text),
  type: Type.Optional(text),
  systemData: Type.Optional(Type.Unknown()),
  etag: Type.Optional(text),
  tags: Type.Optional(tags),
  properties: Type.Optional(properties),
  identity: Type.Optional(Type.Object({ type: Type.Enum(['None']) }, closed)),
  zones: Type.Optional(Type.Array(text, { maxItems: 0 })),
}

export const putStorageAccount: TSchema = Type.Object(
  { ...envelope, sku, kind: Type.Enum([...kinds]), location: Type.Optional(text) },
  closed,
)

export const patchStorageAccount: TSchema = Type.Object(
  {
    ...envelope,
    sku: Type.Optional(sku),
    kind: Type.Optional(Type.Enum([...kinds])),
    location: Type.Optional(text),
  },
  closed,
)
