import { expect, test } from 'vitest'
import {
  type CloudMetadataVersion,
  cloudMetadata,
  isCloudMetadataVersion,
} from './cloud-metadata.ts'

const options = {
  cloudName: 'Reprieve',
  publicOrigin: 'https://host:8443',
  portalOrigin: 'http://localhost:8080',
  storageSuffix: 'host:8444',
}

type Cloud = { readonly [field: string]: unknown } & {
  readonly authentication: { readonly audiences: readonly string[] }
  readonly suffixes: { readonly [field: string]: string }
}

const read = (version: CloudMetadataVersion) => cloudMetadata(version, options) as Cloud

/** What az (`_arm_to_cli_mapper`) reads by index, so that a missing one ends in a KeyError. */
const readByAz = [
  'name',
  'resourceManager',
  'sqlManagement',
  'batch',
  'gallery',
  'graphAudience',
  'vmImageAliasDoc',
  'media',
  'microsoftGraphResourceId',
  'portal',
]

test('today az and azurerm find one cloud, with every field they read', () => {
  const cloud = read('2022-09-01')
  for (const field of readByAz) expect(cloud[field], field).toMatch(/./)
  expect(cloud.authentication).toMatchObject({
    loginEndpoint: 'https://host:8443',
    tenant: 'common',
    identityProvider: 'AAD',
  })
  expect(cloud.authentication.audiences[0]).toBe('https://host:8443')
  expect(cloud.resourceManager).toBe('https://host:8443')
  expect(cloud.suffixes).toMatchObject({ storage: 'host:8444' })
  for (const suffix of ['keyVaultDns', 'sqlServerHostname', 'acrLoginServer']) {
    expect(cloud.suffixes[suffix], suffix).toMatch(/./)
  }
})

test('ARM_CLOUD_METADATA_URL finds the same cloud in an array', () => {
  expect(read('2019-05-01')).toEqual([read('2022-09-01')])
})

test('the oldest form names the sign-in and its audiences', () => {
  expect(read('2015-01-01')).toMatchObject({
    portalEndpoint: 'http://localhost:8080/',
    authentication: { loginEndpoint: 'https://host:8443/', audiences: expect.any(Array) },
  })
})

test('no field names a host of Azure but the two audiences that its clients ask for', () => {
  const texts = JSON.stringify(read('2022-09-01')).match(
    /[a-z.-]*(azure|windows|microsoft)[a-z.-]*\.[a-z.]+/g,
  )
  expect(texts).toEqual(['management.azure.com', 'management.core.windows.net'])
})

test('other versions are not served', () => {
  expect(isCloudMetadataVersion('2022-09-01')).toBe(true)
  expect(isCloudMetadataVersion('2023-01-01')).toBe(false)
  expect(isCloudMetadataVersion('')).toBe(false)
})
