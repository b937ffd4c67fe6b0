import type { Messages } from '../../refusals.ts'

/** In French: groups and resources. */
export const resources = {
  resourceGroupNotFound: ({ name }) =>
    `Le groupe de ressources « ${name} » est introuvable. Créez-le d'abord, ou vérifiez ` +
    'son nom.',
  resourceNotFound: ({ resource, group }) =>
    `La ressource « ${resource} » est introuvable dans le groupe de ressources « ` +
    `${group} ». Vérifiez son nom et celui du groupe.`,
  invalidLocation: ({ location, known }) =>
    `L'emplacement « ${location} » n'est pas disponible. Emplacements disponibles : ` +
    `${known.join(', ')}.`,
  locationRequired: () =>
    'La propriété location est obligatoire. Indiquez un emplacement, par exemple « local ' + '».',
  locationImmutable: ({ resource, actual, asked }) =>
    `La ressource « ${resource} » existe déjà à l'emplacement « ${actual} » ; elle ne ` +
    `peut pas être placée à « ${asked} ». Gardez son emplacement ou choisissez un autre ` +
    'nom.',
  groupLocationImmutable: ({ group, actual, asked }) =>
    `L'emplacement « ${asked} » n'est pas valide. Le groupe de ressources « ${group} » ` +
    `existe déjà à l'emplacement « ${actual} ».`,
  groupBeingDeleted: ({ group }) =>
    `Le groupe de ressources « ${group} » est en cours de suppression. Attendez qu'elle ` +
    'soit terminée, puis réessayez.',
  resourceBeingDeleted: ({ resource }) =>
    `La ressource « ${resource} » est en cours de suppression. Attendez qu'elle soit ` +
    'terminée, puis réessayez.',
  storageNameTaken: ({ name }) =>
    `Le nom de compte de stockage ${name} est déjà pris. Choisissez un autre nom.`,
  storageNameInvalid: ({ name }) =>
    `${name} n'est pas un nom de compte de stockage valide. Un tel nom compte de 3 à 24 ` +
    'caractères : chiffres et lettres minuscules uniquement.',
  providerNotRegistered: ({ namespace, subscriptionId }) =>
    `L'abonnement n'est pas inscrit pour utiliser l'espace de noms « ${namespace} ». ` +
    'Inscrivez-le : POST ' +
    `/subscriptions/${subscriptionId}/providers/${namespace}/register.`,
} satisfies Partial<Messages>
