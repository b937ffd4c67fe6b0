/**
 * What `GET /metadata/endpoints` is made of. Origins are scheme, host and port, without a slash
 * behind.
 */
export type CloudMetadataOptions = {
  /** What `az cloud register` and Terraform call this cloud. */
  readonly cloudName: string
  readonly publicOrigin: string
  /** Where the portal is served, for links that tools print. */
  readonly portalOrigin: string
  /** Where blobs are served, host and port: the part that Azure calls `core.windows.net`. */
  readonly storageSuffix: string
}

/**
 * The versions that clients ask for: old az, az through `ARM_CLOUD_METADATA_URL`, and az and
 * azurerm of today.
 */
export const cloudMetadataVersions = ['2015-01-01', '2019-05-01', '2022-09-01'] as const
export type CloudMetadataVersion = (typeof cloudMetadataVersions)[number]

export function isCloudMetadataVersion(apiVersion: string): apiVersion is CloudMetadataVersion {
  return (cloudMetadataVersions as readonly string[]).includes(apiVersion)
}

/**
 * The body of `GET /metadata/endpoints`: an object of few fields in 2015, an array of clouds in
 * 2019, one cloud since 2022. The clients take it whole, so a field they read must be there, also
 * for a service that this cloud lacks; it then names a host that nobody has (RFC 2606).
 */
export function cloudMetadata(
  version: CloudMetadataVersion,
  options: CloudMetadataOptions,
): object {
  if (version === '2015-01-01') return oldDocument(options)
  const cloud = cloudDocument(options)
  return version === '2019-05-01' ? [cloud] : cloud
}

function oldDocument({ publicOrigin, portalOrigin }: CloudMetadataOptions): object {
  return {
    galleryEndpoint: `${publicOrigin}/`,
    graphEndpoint: absent('graph'),
    portalEndpoint: `${portalOrigin}/`,
    authentication: { loginEndpoint: `${publicOrigin}/`, audiences: audiences(publicOrigin) },
  }
}

function cloudDocument(options: CloudMetadataOptions): object {
  const { cloudName, publicOrigin, portalOrigin, storageSuffix } = options
  return {
    name: cloudName,
    portal: portalOrigin,
    // No slash behind: clients put paths and "/.default" after it as it is.
    resourceManager: publicOrigin,
    authentication: {
      loginEndpoint: publicOrigin,
      audiences: audiences(publicOrigin),
      // azurerm takes any other pair for Azure Stack and refuses it.
      tenant: 'common',
      identityProvider: 'AAD',
    },
    gallery: `${publicOrigin}/`,
    graph: absent('graph'),
    graphAudience: absent('graph'),
    microsoftGraphResourceId: absent('graph'),
    batch: absent('batch'),
    media: absent('media'),
    sqlManagement: absent('sql'),
    vmImageAliasDoc: absent('images'),
    activeDirectoryDataLake: absent('datalake'),
    appInsightsResourceId: absent('insights'),
    appInsightsTelemetryChannelResourceId: absent('insights'),
    logAnalyticsResourceId: absent('logs'),
    attestationResourceId: absent('attestation'),
    synapseAnalyticsResourceId: absent('synapse'),
    ossrDbmsResourceId: absent('ossrdbms'),
    suffixes: suffixes(storageSuffix),
  }
}

function suffixes(storage: string): object {
  return {
    storage,
    keyVaultDns: 'vault.invalid',
    mhsmDns: 'managedhsm.invalid',
    sqlServerHostname: 'database.invalid',
    mysqlServerEndpoint: 'mysql.invalid',
    mariadbServerEndpoint: 'mariadb.invalid',
    postgresqlServerEndpoint: 'postgres.invalid',
    acrLoginServer: 'registry.invalid',
    azureDataLakeStoreFileSystem: 'datalakestore.invalid',
    azureDataLakeAnalyticsCatalogAndJob: 'datalakeanalytics.invalid',
    azureFrontDoorEndpointSuffix: 'frontdoor.invalid',
    storageSyncEndpointSuffix: 'storagesync.invalid',
    synapseAnalytics: 'synapse.invalid',
    attestationEndpoint: 'attestation.invalid',
  }
}

/** az and azurerm ask for a token for the first: ours alone, good nowhere else. */
function audiences(publicOrigin: string): readonly string[] {
  return [publicOrigin, 'https://management.azure.com/', 'https://management.core.windows.net/']
}

function absent(service: string): string {
  return `https://${service}.invalid/`
}
