import type { Finding, Source } from './source.ts'

type Manifest = { readonly [group: string]: { readonly [name: string]: string } }

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Versions that could become others tomorrow. */
export function findLooseVersions(sources: readonly Source[]): Finding[] {
  const manifest = JSON.parse(textOf(sources, 'package.json')) as Manifest
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  return groups.flatMap((group) =>
    Object.entries(manifest[group] ?? {})
      .filter(([, version]) => !exact.test(version))
      .map(([name, version]) => `package.json: ${name} ${version} is not an exact version`),
  )
}

/** Download addresses in the lockfile: they would tie every install to one host. */
export function findDownloadHosts(sources: readonly Source[]): Finding[] {
  const addresses = textOf(sources, 'package-lock.json').match(/"resolved": *"https?:[^"]*"/g) ?? []
  return addresses.map((address) => `package-lock.json: ${address}`)
}

type Lock = {
  readonly packages: {
    readonly [path: string]: {
      readonly [Kind in 'dependencies' | 'optionalDependencies']?: {
        readonly [name: string]: string
      }
    }
  }
}

/**
 * What a package in the lockfile asks for and the lockfile does not hold. `npm ci` then refuses to
 * install anything; npm itself writes such a file when a package for another system is missing.
 */
export function findMissingFromLock(sources: readonly Source[]): Finding[] {
  const { packages } = JSON.parse(textOf(sources, 'package-lock.json')) as Lock
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter(
        (name) => !placesToLook(path).some((place) => `${place}node_modules/${name}` in packages),
      )
      .map(
        (name) => `package-lock.json: ${path || 'the project'} needs ${name}, which is not there`,
      ),
  )
}

/** A package finds others in its own folder and in those around it, out to the project's. */
function placesToLook(path: string): string[] {
  const steps = path === '' ? [] : path.split(/(?<=\/)(?=node_modules\/)/)
  return steps
    .map((_, index) =>
      steps
        .slice(0, index + 1)
        .join('')
        .replace(/\/?$/, '/'),
    )
    .concat('')
}

/** The licence must be there and be the one that the manifest promises. */
export function findLicenceProblems(sources: readonly Source[]): Finding[] {
  const { license } = JSON.parse(textOf(sources, 'package.json')) as { license?: string }
  const text = textOf(sources, 'LICENSE')
  if (license !== 'MIT') return [`package.json: the licence is ${license}, not MIT`]
  return text.startsWith('MIT License\n') && text.includes('Reprieve contributors')
    ? []
    : ['LICENSE: is not the MIT licence of the Reprieve contributors']
}

function textOf(sources: readonly Source[], path: string): string {
  return sources.find((source) => source.path === path)?.text ?? ''
}
