import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'

/** What a test may need beyond `npm ci`. */
export type RequirementName = 'postgresql' | 'swagger' | 'openssl' | 'pdftotext' | 'olderNode'

type Requirement = {
  readonly isMet: () => boolean
  /** How to get it, in one line: shown beside the number of tests that were left out. */
  readonly remedy: string
}

export const requirements: { readonly [Name in RequirementName]: Requirement } = {
  postgresql: {
    isMet: () => isSet('REPRIEVE_TEST_DATABASE'),
    remedy: 'run `npm run test:all`; it needs the PostgreSQL server (`apt-get install postgresql`)',
  },
  swagger: {
    isMet: () => isFolder(swaggerFolder()),
    remedy: 'set REPRIEVE_SWAGGER to the folder `specification` of Azure/azure-rest-api-specs',
  },
  openssl: {
    isMet: () => isOnPath('openssl'),
    remedy: 'install OpenSSL (`apt-get install openssl`)',
  },
  pdftotext: {
    isMet: () => isOnPath('pdftotext'),
    remedy: 'install Poppler (`apt-get install poppler-utils`): the tests read invoices with it',
  },
  olderNode: {
    isMet: () => findOlderNode() !== null,
    remedy: 'have a Node from 18 to 24.11 on the PATH: the command must work from there too',
  },
}

const tagPrefix = 'needs-'

/**
 * Options of a test or of a `describe` that needs something the machine may lack:
 * `test('name', requires('swagger'), async () => ...)`. It runs where the requirement is met; where
 * it is not, it is left out, counted and named at the end of the run. There is no other way to
 * leave a test out, so none goes missing unseen.
 */
export function requires(...names: readonly RequirementName[]): { skip: boolean; tags: string[] } {
  return {
    skip: names.some((name) => !requirements[name].isMet()),
    tags: names.map((name) => tagPrefix + name),
  }
}

/** Whether the machine has it: for a test that goes one of two ways, not to skip one in silence. */
export function isMet(name: RequirementName): boolean {
  return requirements[name].isMet()
}

/** Every tag that {@link requires} gives; the test runner refuses a tag that it does not know. */
export const requirementTags = Object.keys(requirements).map((name) => ({ name: tagPrefix + name }))

/** The unmet requirements among the tags of a test; empty when none explains its absence. */
export function unmetRequirements(tags: readonly string[]): RequirementName[] {
  return requirementNames.filter((name) => tags.includes(tagPrefix + name) && !isMet(name))
}

export const requirementNames = Object.keys(requirements) as RequirementName[]

/** Where the published descriptions of Azure's API are; beside the checkout, unless told. */
export function swaggerFolder(): string {
  const beside = ['..', '..', 'shared', 'azure-rest-api-specs', 'specification']
  return process.env['REPRIEVE_SWAGGER'] ?? join(import.meta.dirname, ...beside)
}

function isSet(variable: string): boolean {
  return (process.env[variable] ?? '') !== ''
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

function isOnPath(program: string): boolean {
  return programsOnPath(program).length > 0
}

/** The first Node on the PATH, outside the project, that is too old to run the product itself. */
export function findOlderNode(): string | null {
  const installed = programsOnPath('node').filter(
    (path) => !path.includes(`${sep}node_modules${sep}`),
  )
  const isOlder = (node: string): boolean => {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' })
    const [major, minor] = version.slice(1).split('.').map(Number) as [number, number]
    return major >= 18 && (major < 24 || (major === 24 && minor < 12))
  }
  return installed.find(isOlder) ?? null
}

function programsOnPath(program: string): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).filter(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
