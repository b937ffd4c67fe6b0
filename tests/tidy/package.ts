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
