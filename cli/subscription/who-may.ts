import type { WhoMay } from '../../api/refusals.ts'

/** Who may do an act, as the object of a sentence: `the account administrator (object id ...)`. */
export function whoText(who: WhoMay): string {
  if (who.by === 'supportEngineers') return 'a support engineer, on a ticket within the retention'
  const custom = `a custom role that names ${who.action}`
  return who.by === 'owners'
    ? `an Owner of the subscription, or ${custom}`
    : `the account administrator (object id ${who.objectId ?? 'unknown'}), or ${custom}`
}
