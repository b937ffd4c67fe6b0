import type { FieldProblem, NameRule, RefusalFacts, WhoMay } from '../../refusals.ts'

/** Why a subscription is suspended, each reason with its date. */
export function reasons(suspensions: RefusalFacts['readOnlySubscription']['suspensions']): string {
  return suspensions.map(({ reason, since }) => `${reason} depuis le ${since}`).join(' ; ')
}

/** Who may do an act that the offer reserves, as a clause. */
export function whoMay(who: WhoMay): string {
  const act = {
    cancel: "l'annuler",
    reactivate: 'le réactiver',
    delete: 'le supprimer',
    upgrade: 'le mettre à niveau',
  }[who.act]
  const custom = `de même qu'un rôle personnalisé qui cite ${who.action}`
  if (who.by === 'supportEngineers') {
    return (
      `un ingénieur du support peut ${act}, sur demande de support pendant la durée ` +
      'de conservation'
    )
  }
  return who.by === 'owners'
    ? `un propriétaire (Owner) de l'abonnement peut ${act}, ${custom}`
    : `l'administrateur de compte (ID d'objet « ${who.objectId} ») peut ${act}, ` + `${custom}`
}

/** Why a field was refused, and what to do: a sentence or two. */
export function fieldText(field: string, problem: FieldProblem): string {
  const name = `« ${field} »`
  switch (problem.kind) {
    case 'required':
      return `${name} est obligatoire. Ajoutez cet élément.`
    case 'type':
      return `${name} doit être de type ${problem.expected}.`
    case 'unknown':
      return (
        `${name} n'est pas une propriété connue ici. Retirez-la ou vérifiez son ` + 'orthographe.'
      )
    case 'oneOf':
      return `${name} doit avoir l'une de ces valeurs : ${problem.values.join(', ')}.`
    case 'pattern':
      return `${name} doit correspondre à ${problem.pattern}.`
    case 'length':
      return `${name} doit compter de ${problem.min} à ${problem.max} caractères.`
    case 'range':
      return `${name} doit être un nombre de ${problem.min} à ${problem.max}.`
    case 'instant':
      return (
        `${name} doit être un moment en UTC selon ISO 8601, par exemple ` + '2026-11-01T00:00:00Z.'
      )
    case 'instantBetween':
      return `${name} doit se situer entre ${problem.earliest} et ${problem.latest}.`
    case 'duration':
      return (
        `${name} doit être une durée selon ISO 8601 sans mois ni années, par exemple ` +
        'P89D ou PT1H.'
      )
    case 'date':
      return `${name} doit être une date, par exemple 2026-11-30 ou 11-30-2026.`
    case 'unsupported':
      return `${name} n'est pas pris en charge ici. Omettez-le.`
    case 'mismatch':
      return (
        `${name} doit être « ${problem.expected} », comme dans l'adresse de la ` +
        'demande, ou être omis.'
      )
    case 'count':
      return `${name} peut avoir au plus ${problem.max} entrées.`
    case 'price':
      return (
        `${name} doit être un texte décimal qui n'est pas négatif, par exemple "0.0184", d'au ` +
        'plus 1000000000, avec au plus 18 chiffres après le point.'
      )
    case 'amount':
      return (
        `${name} doit être un montant en ${problem.currency}, un texte décimal avec au plus ` +
        `${problem.decimals} décimales.`
      )
    case 'duplicate':
      return `${name} fixe le même prix que « ${problem.of} ». N'en gardez qu'un des deux.`
    case 'invalid':
      return `${name} n'est pas valide. Vérifiez sa forme.`
  }
}

/** What a name must look like. */
export const nameRules: { readonly [Rule in NameRule]: string } = {
  resourceGroup:
    'Un nom de groupe de ressources compte de 1 à 90 caractères, lettres, chiffres ' +
    'ou -_(). et ne se termine pas par un point.',
  resource:
    'Un nom de ressource compte de 1 à 260 caractères, sans <>%&:\\?/ ni caractère ' +
    'de contrôle.',
  reprieve:
    'Un nom compte de 1 à 64 caractères, lettres, chiffres ou -_. et commence par ' +
    'une lettre ou un chiffre.',
  alias:
    "Un nom d'alias compte de 1 à 64 caractères, lettres, chiffres ou -_. et " +
    'commence par une lettre ou un chiffre.',
  tag:
    "Un nom d'étiquette compte de 1 à 512 caractères, sans <>%&\\?/ ; sa valeur en " +
    'compte au plus 256.',
}
