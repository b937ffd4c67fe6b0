import type { FieldProblem, NameRule, RefusalFacts, WhoMay } from '../../refusals.ts'

/** Why a subscription is suspended, each reason with its date. */
export function reasons(suspensions: RefusalFacts['readOnlySubscription']['suspensions']): string {
  return suspensions.map(({ reason, since }) => `${reason} since ${since}`).join('; ')
}

/** Who may do an act that the offer reserves, as a clause. */
export function whoMay(who: WhoMay): string {
  const act = {
    cancel: 'cancel',
    reactivate: 'reactivate it',
    delete: 'delete it',
    upgrade: 'upgrade it',
  }[who.act]
  const custom = `a custom role that names ${who.action}`
  if (who.by === 'supportEngineers') {
    return `a support engineer may ${act}, on a ticket within the retention`
  }
  return who.by === 'owners'
    ? `an Owner of the subscription may ${act}, or ${custom}`
    : `the account administrator (object id '${who.objectId}') may ${act}, or ` + `${custom}`
}

/** Why a field was refused, and what to do: a sentence or two. */
export function fieldText(field: string, problem: FieldProblem): string {
  const name = `'${field}'`
  switch (problem.kind) {
    case 'required':
      return `${name} is required. Add it.`
    case 'type':
      return `${name} must be of type ${problem.expected}.`
    case 'unknown':
      return `${name} is not a property that is known here. Remove it, or check its ` + 'spelling.'
    case 'oneOf':
      return `${name} must be one of: ${problem.values.join(', ')}.`
    case 'pattern':
      return `${name} must match ${problem.pattern}.`
    case 'length':
      return `${name} must have ${problem.min} to ${problem.max} characters.`
    case 'range':
      return `${name} must be a number from ${problem.min} to ${problem.max}.`
    case 'instant':
      return `${name} must be a time in UTC in ISO 8601, such as 2026-11-01T00:00:00Z.`
    case 'instantBetween':
      return `${name} must lie between ${problem.earliest} and ${problem.latest}.`
    case 'duration':
      return (
        `${name} must be a duration in ISO 8601 without months and years, such as P89D ` +
        'or PT1H.'
      )
    case 'date':
      return `${name} must be a date, such as 2026-11-30 or 11-30-2026.`
    case 'unsupported':
      return `${name} is not supported here. Leave it out.`
    case 'mismatch':
      return (
        `${name} must be '${problem.expected}', as in the address of the request, or ` +
        'be left out.'
      )
    case 'count':
      return `${name} may have at most ${problem.max} entries.`
    case 'price':
      return (
        `${name} must be a decimal text that is not negative, such as "0.0184", of at most ` +
        '1000000000, with at most 18 digits after the point.'
      )
    case 'amount':
      return (
        `${name} must be an amount in ${problem.currency} as a decimal text with at most ` +
        `${problem.decimals} decimals.`
      )
    case 'duplicate':
      return `${name} sets the same price as '${problem.of}'. Keep one of the two.`
    case 'invalid':
      return `${name} is not valid. Check its form.`
  }
}

/** What a name must look like. */
export const nameRules: { readonly [Rule in NameRule]: string } = {
  resourceGroup:
    'A resource group name has 1 to 90 letters, digits, or -_(). and does not end ' +
    'in a full stop.',
  resource:
    'A resource name has 1 to 260 characters, none of <>%&:\\?/ and no control ' + 'character.',
  reprieve: 'A name has 1 to 64 letters, digits, or -_. and begins with a letter or digit.',
  alias:
    'An alias name has 1 to 64 letters, digits, or -_. and begins with a letter or ' + 'digit.',
  tag: 'A tag name has 1 to 512 characters, none of <>%&\\?/ ; its value at most 256.',
}
