import type { Site } from './site.ts'
import type { Tally } from './tally.ts'

/** What a check looks at, and where it counts what it has seen. */
export type Checked = { readonly site: Site; readonly tally: Tally; readonly dataFolder: string }
