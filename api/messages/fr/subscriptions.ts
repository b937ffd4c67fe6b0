import type { Messages } from '../../refusals.ts'
import { reasons, whoMay } from './phrases.ts'

/** In French: subscriptions, their plans, offers and clocks. */
export const subscriptions = {
  invalidSubscriptionId: ({ subscriptionId }) =>
    `L'identificateur d'abonnement « ${subscriptionId} » est mal formé. Ce doit être un ` + 'GUID.',
  subscriptionNotFound: ({ subscriptionId }) =>
    `L'abonnement « ${subscriptionId} » est introuvable. Vérifiez son identificateur, et ` +
    'que vous êtes connecté à son locataire avec un rôle sur cet abonnement.',
  readOnlySubscription: ({ subscriptionId, suspensions, until, wayBack }) =>
    `L'abonnement « ${subscriptionId} » est désactivé, donc en lecture seule. Aucune ` +
    "écriture n'y est possible tant qu'il n'est pas réactivé. Motif : " +
    `${reasons(suspensions)}. Ses données restent lisibles jusqu'au ${until}, puis elles ` +
    `sont supprimées. Pour le retrouver : ${whoMay(wayBack)}.`,
  resourcesExist: ({ subscriptionId, resources, count }) =>
    `L'abonnement « ${subscriptionId} » contient encore ${count} ` +
    `ressource${count === 1 ? '' : 's'} : ` +
    `${resources.join(', ')}${count > resources.length ? '...' : ''}. Supprimez-les ` +
    "d'abord, ou annulez l'abonnement avec IgnoreResourceCheck=true : elles sont alors " +
    'arrêtées et conservées pendant la durée de conservation.',
  planChanged: ({ plan }) =>
    `Ce que dit le plan d'annulation « ${plan} » n'est plus vrai : un élément qu'il cite ` +
    "a changé depuis. Rien n'a été annulé. Établissez un nouveau plan et lisez-le.",
  planExpired: ({ plan, expiredAt }) =>
    `Le plan d'annulation « ${plan} » a expiré le ${expiredAt}. Rien n'a été annulé. ` +
    'Établissez un nouveau plan et lisez-le.',
  planNotFound: ({ plan }) =>
    `Cet abonnement n'a pas de plan d'annulation « ${plan} ». Établissez-en un : POST ` +
    '.../Reprieve.Lifecycle/cancelPlans.',
  retentionEnded: ({ subscriptionId, purgeAt }) =>
    `La conservation des données de l'abonnement « ${subscriptionId} » a pris fin le ` +
    `${purgeAt} ; il ne peut plus être réactivé. Créez un nouvel abonnement.`,
  termEnded: ({ subscriptionId, endedAt }) =>
    `Le plan de support « ${subscriptionId} » a pris fin le ${endedAt} ; il ne peut être repris ` +
    'que tant qu’il est en service. Achetez-en un nouveau.',
  notATrial: ({ subscriptionId, offer }) =>
    `L’abonnement « ${subscriptionId} » relève de l’offre ${offer}, qui n’est pas un essai. Seul ` +
    'un essai peut être mis à niveau.',
  upgradeCancelled: ({ subscriptionId, who }) =>
    `L’abonnement « ${subscriptionId} » est annulé, et une mise à niveau ne le réactive pas. ` +
    `Pour le récupérer : ${whoMay(who)}.`,
  holdsNoResources: ({ subscriptionId, offer }) =>
    `L’abonnement « ${subscriptionId} » est un plan de support (${offer}) et ne contient aucune ` +
    'ressource. Créez-les dans un autre abonnement.',
  accountUnpaid: ({ account, since }) =>
    `Le compte de facturation « ${account} » a des factures impayées au-delà du délai de grâce ` +
    `depuis le ${since}. Réglez-les d’abord ; il pourra ensuite recevoir de nouveaux abonnements.`,
  notCancelled: ({ subscriptionId }) =>
    `L'abonnement « ${subscriptionId} » n'est pas annulé. Annulez-le d'abord ; il pourra ` +
    'être supprimé quelques jours plus tard.',
  notYetDeletable: ({ subscriptionId, deletableFrom }) =>
    `L'abonnement « ${subscriptionId} » peut être supprimé à partir du ${deletableFrom}. ` +
    "D'ici là, il peut être réactivé.",
  nameMismatch: () =>
    "La valeur de subscriptionName n'est pas le nom de cet abonnement. Pour confirmer, " +
    'tapez ce nom exactement comme il est affiché.',
  billingScopeNotFound: ({ billingScope }) =>
    `L'étendue de facturation « ${billingScope} » est introuvable, ou vous ne pouvez pas ` +
    "y créer d'abonnement. Adressez-vous à un propriétaire du compte de facturation.",
  offerNotFound: ({ offer, known }) =>
    `L'offre « ${offer} » n'existe pas. Offres proposées : ${known.join(', ')}.`,
  offerNotAvailable: ({ offer, account, reason }) =>
    reason === 'taken'
      ? `Le compte de facturation « ${account} » a déjà pris l'offre ${offer}, qu'il ne peut ` +
        "prendre qu'une fois. Choisissez une autre offre."
      : `L'offre ${offer} ne correspond pas au contrat du compte de facturation « ${account} ` +
        '». Choisissez une autre offre.',
  aliasConflict: ({ alias, subscriptionId }) =>
    `L'alias « ${alias} » désigne déjà l'abonnement « ${subscriptionId} ». Choisissez un ` +
    "autre nom d'alias.",
  testClocksOff: () =>
    'Les horloges de test sont désactivées sur ce serveur. Son opérateur les active avec ' +
    '--test-clocks.',
  clockNotFound: ({ clock }) =>
    `L'horloge de test « ${clock} » n'existe pas. Créez-la d'abord : PUT ` +
    `/providers/Reprieve.Lifecycle/testClocks/${clock}.`,
  clockBackwards: ({ now, asked }) =>
    `Une horloge de test ne recule jamais. Elle est au ${now} ; ${asked} est antérieur. ` +
    'Indiquez un moment ultérieur.',
  clockBusy: ({ clock, target }) =>
    `L'horloge de test « ${clock} » avance vers le ${target}. Attendez que son état soit ` +
    'Ready.',
  clockInUse: ({ clock, accounts }) =>
    `L'horloge de test « ${clock} » règle les comptes de facturation ` +
    `${accounts.join(', ')}. Supprimez d'abord leurs données.`,
  clockTaken: ({ clock }) =>
    `L'horloge de test « ${clock} » règle un autre compte de facturation, et une horloge n'en ` +
    "règle qu'un. Créez une horloge d'un autre nom.",
} satisfies Partial<Messages>
