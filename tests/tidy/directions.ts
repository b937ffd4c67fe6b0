import type { Import } from './imports.ts'
import { type Finding, finding, isTestSource } from './source.ts'

/** Who may name whom. The first rule that an import breaks is told; a test may name anything. */
type Direction = {
  readonly of: RegExp
  readonly mayNot: (to: string, isDynamic: boolean) => boolean
  readonly because: string
}

/** Folders whose plain file names are not rules: they hold the means, not the product's decisions. */
const means = 'pipeline|database|providers|identity|tls|hosts|work|jobs|events'

const directions: readonly Direction[] = [
  {
    of: /^server\/kernel\//,
    mayNot: (to) => !to.startsWith('server/kernel/'),
    because: 'the kernel knows nothing of what is built on it',
  },
  {
    of: /^api\//,
    mayNot: (to) => !to.startsWith('api/'),
    because: 'the contract depends on neither side of it',
  },
  {
    // These two start the server in the same process when they are asked to, and only then.
    of: /^cli\/(main|serve[^/]*)\.ts$/,
    mayNot: (to, isDynamic) => !/^(api|cli)\//.test(to) && !(to.startsWith('server/') && isDynamic),
    because: 'the command line may start the server by import() and otherwise knows only the API',
  },
  {
    of: /^(cli\/(?!(main|serve[^/]*)\.ts$)|portal\/)/,
    mayNot: (to) => !/^(api|cli|portal)\//.test(to),
    because: 'the command line and the portal know the public API alone',
  },
  {
    of: /^server\//,
    mayNot: (to) => /^(cli|portal|testing|tests|bench)\//.test(to),
    because: 'the server does not know who uses it',
  },
  {
    of: new RegExp(`^server/(?!(?:${means})/)[^/]+/(?!store\\.ts$)[^/.]+\\.ts$`),
    mayNot: (to) => /\.(http|job)\.ts$|\/store\.ts$/.test(to),
    because: 'a rule decides from what it is handed: it reaches for no storage, HTTP or job',
  },
]

/** Imports against the one direction that imports may point. */
export function findWrongDirections(imports: readonly Import[]): Finding[] {
  return imports.flatMap(({ from, to, at, isDynamic }) => {
    if (isTestSource(from)) return []
    const broken = directions.find(({ of, mayNot }) => of.test(from.path) && mayNot(to, isDynamic))
    return broken === undefined ? [] : [finding(from, at, `imports ${to}: ${broken.because}`)]
  })
}
