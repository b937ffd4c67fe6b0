import type { Messages } from '../../refusals.ts'
import { fieldText, nameRules } from './phrases.ts'

/** In French: what is wrong with a request, or with us. */
export const requests = {
  missingApiVersion: () =>
    'Le paramètre de requête api-version (?api-version=) est obligatoire pour toutes les ' +
    'demandes.',
  invalidApiVersion: ({ apiVersion }) =>
    `La valeur « ${apiVersion} » d'api-version n'est pas valide. Écrivez une date, par ` +
    'exemple 2021-10-01.',
  unsupportedApiVersion: ({ type, apiVersion, supported }) =>
    `Aucun fournisseur de ressources n'est inscrit pour la version d'API « ${apiVersion} ` +
    `» du type « ${type} ». Versions d'API prises en charge : ${supported.join(', ')}.`,
  unknownHost: ({ host, publicUrl }) =>
    `Ce serveur n’est pas « ${host} ». Utilisez l’adresse qui lui a été donnée : ${publicUrl}.`,
  routeNotFound: ({ method, path }) =>
    `L'opération ${method} ${path} n'existe pas. Vérifiez le chemin et le type de ` +
    "ressource qu'il contient.",
  methodNotAllowed: ({ method, allowed }) =>
    `La méthode ${method} n'est pas proposée à ce chemin. Méthodes proposées : ` +
    `${allowed.join(', ')}.`,
  missingToken: () =>
    "Échec de l'authentification. L'en-tête « Authorization » est absent ou ne contient " +
    'pas de jeton du porteur. Connectez-vous et envoyez le jeton sous la forme « Bearer ' +
    '<jeton> ».',
  invalidToken: ({ reason }) =>
    `Le jeton d'accès n'est pas valide : ${reason} Reconnectez-vous auprès de l'émetteur ` +
    'de ce serveur.',
  expiredToken: () => "Le jeton d'accès a expiré. Reconnectez-vous.",
  wrongAudience: ({ accepted }) =>
    "Le jeton d'accès a été émis pour une autre audience. Demandez un jeton pour l'une " +
    `de celles-ci : ${accepted.join(', ')}.`,
  wrongTenant: () =>
    "Le jeton d'accès vient d'un autre émetteur ou d'un autre locataire. Connectez-vous " +
    'au locataire qui détient la ressource.',
  notFound: ({ what }) => `Introuvable : ${what}. Vérifiez le nom.`,
  resourceTypeUnknown: ({ type, known }) =>
    `Le type de ressource « ${type} » n'est pas proposé ici. Types proposés : ` +
    `${known.join(', ')}.`,
  namespaceUnknown: ({ namespace, known }) =>
    `L'espace de noms de ressources « ${namespace} » n'est pas valide. Espaces de noms ` +
    `proposés : ${known.join(', ')}.`,
  invalidJson: ({ reason }) => `Le contenu de la demande n'est pas du JSON valide : ${reason}`,
  missingBody: () => "La demande n'a pas de contenu. Envoyez un objet JSON.",
  invalidContent: ({ field, problem }) =>
    `Le contenu de la demande n'est pas valide : ${fieldText(field, problem)}`,
  unsupportedMediaType: ({ contentType }) =>
    `Le type de contenu « ${contentType} » n'est pas pris en charge. Envoyez ` +
    'application/json.',
  bodyTooLarge: ({ limitBytes }) =>
    `Le contenu de la demande dépasse la limite de ${limitBytes} octets. Envoyez-en ` +
    'moins à la fois.',
  invalidParameter: ({ parameter, problem }) => fieldText(parameter, problem),
  invalidFilter: ({ filter, supported }) =>
    `Le filtre « ${filter} » n'est pas pris en charge. Filtres pris en charge : ` +
    `${supported.join(' ; ')}.`,
  invalidName: ({ field, name, rule }) =>
    `La valeur « ${name} » de ${field} n'est pas valide. ${nameRules[rule]}`,
  nameTaken: ({ what, name }) =>
    `Le nom « ${name} » est déjà pris (${what}). Choisissez un autre nom.`,
  immutableProperty: ({ property, actual }) =>
    `La propriété « ${property} » ne peut pas être modifiée ; sa valeur est « ${actual} ` +
    '». Laissez-la telle quelle, ou créez un autre élément.',
  preconditionFailed: ({ resource }) =>
    `« ${resource} » ne remplit pas la condition de l'en-tête If-Match ou If-None-Match. ` +
    'Relisez-la et recommencez avec son etag.',
  operationConflict: ({ what }) =>
    `Une autre opération est en cours (${what}). Attendez qu'elle soit terminée.`,
  hostUnavailable: ({ resource }) =>
    `L'hôte qui détient « ${resource} » ne répond pas. Réessayez dans un instant ; si ` +
    'cela persiste, son opérateur doit le démarrer.',
  commitUnknown: () =>
    "La connexion à la base de données a été perdue pendant l'enregistrement de la " +
    "modification : son résultat est inconnu. Répétez la demande, c'est sans danger.",
  unavailable: ({ reason }) =>
    `Le serveur ne peut pas le faire maintenant : ${reason} Réessayez dans un instant.`,
  internalError: ({ requestId }) =>
    "Une erreur s'est produite de notre côté. On n'en sait pas plus ici ; l'opérateur en " +
    `trouve la cause sous l'ID de demande ${requestId}.`,
} satisfies Partial<Messages>
