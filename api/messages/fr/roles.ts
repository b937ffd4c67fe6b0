import type { Messages } from '../../refusals.ts'
import { whoMay } from './phrases.ts'

/** In French: who may, roles and principals. */
export const roles = {
  authorisationFailed: ({ client, objectId, action, scope, roles }) =>
    `Le client « ${client} », d'ID d'objet « ${objectId} », n'est pas autorisé à ` +
    `effectuer l'action « ${action} » sur l'étendue « ${scope} », ou cette étendue n'est ` +
    `pas valide. Rôles qui l'autorisent : ${roles.join(', ')}, ou un rôle personnalisé ` +
    'qui comprend cette action, attribué à cette étendue ou au-dessus.',
  lifecycleActForbidden: ({ client, objectId, action, scope, offer, who }) =>
    `Le client « ${client} », d'ID d'objet « ${objectId} », n'est pas autorisé à ` +
    `effectuer l'action « ${action} » sur l'étendue « ${scope} ». Selon l'offre ` +
    `${offer}, ${whoMay(who)}.`,
  operatorOnly: ({ action }) =>
    `L'action « ${action} » est réservée aux administrateurs du locataire de l'opérateur.`,
  roleAssignmentExists: ({ assignmentId }) =>
    `L'attribution de rôle existe déjà. Son ID est « ${assignmentId} ».`,
  roleAssignmentConflict: ({ assignmentId }) =>
    `L'attribution de rôle « ${assignmentId} » existe avec un autre principal, un autre ` +
    'rôle ou une autre étendue, qui ne peuvent pas être modifiés. Supprimez-la ou ' +
    'choisissez un nouvel ID.',
  roleAssignmentNotFound: ({ name, scope }) =>
    `Il n'y a pas d'attribution de rôle « ${name} » à l'étendue « ${scope} ». La liste ` +
    'roleAssignments donne celles qui existent.',
  roleDefinitionNotFound: ({ roleId, scope }) =>
    `Il n'y a pas de définition de rôle « ${roleId} » à l'étendue « ${scope} ». La liste ` +
    'roleDefinitions donne celles qui existent.',
  roleNotAssignable: ({ role, scope, assignableScopes }) =>
    `Le rôle « ${role} » ne peut pas être attribué à « ${scope} ». Il peut l'être à ` +
    `${assignableScopes.join(', ')}, et au-dessous. Attribuez-le à l'une de ces ` +
    'étendues, ou ajoutez celle-ci à ses assignableScopes.',
  assignableScopeNotFound: ({ scope }) =>
    `L'étendue attribuable « ${scope} » est introuvable. Indiquez « / », un abonnement, ` +
    'un groupe de ressources ou un compte de facturation de ce locataire.',
  reservedAct: ({ role, action, scope }) =>
    `Le rôle « ${role} » cite l'action « ${action} », que l'offre de l'abonnement ` +
    `réserve. Seul peut donner un tel rôle qui peut effectuer cette action à « ${scope} ` +
    "», ou qui gère les accès de tout le locataire. Adressez-vous à l'un d'eux, ou " +
    'employez un rôle sans cette action.',
  tooManySecrets: ({ principal, max }) =>
    `Le principal de service « ${principal} » a déjà ${max} secrets et ne peut pas en ` +
    'avoir davantage. Supprimez-en un qui ne sert plus.',
  lastAdministrator: ({ scope }) =>
    `La dernière attribution qui permet de gérer les accès à « ${scope} » ne peut pas ` +
    "être supprimée. Donnez-y d'abord le rôle Owner à quelqu'un d'autre.",
  roleNotFound: ({ roleId }) =>
    `La définition de rôle d'ID « ${roleId} » n'existe pas. La liste roleDefinitions ` +
    'donne celles qui existent.',
  roleInUse: ({ roleId, count }) =>
    `La définition de rôle « ${roleId} » a ${count} ` +
    `attribution${count === 1 ? '' : 's'}. Supprimez-les d'abord.`,
  builtInRole: ({ role }) =>
    `Le rôle « ${role} » est intégré et ne peut pas être modifié. Créez un rôle ` + 'personnalisé.',
  roleNameTaken: ({ name, roleId }) =>
    `Un rôle nommé « ${name} » existe déjà, avec l'ID « ${roleId} ». Employez cet ID ou ` +
    'choisissez un autre nom.',
  principalNotFound: ({ principalId }) =>
    `Le principal ${principalId} n'existe pas dans l'annuaire. Indiquez l'ID d'objet ` +
    "d'un principal de ce locataire.",
  roleNeedsTenantScope: ({ role }) =>
    `Le rôle « ${role} » ne peut être attribué qu'à l'étendue « / », par un ` +
    'administrateur du locataire.',
} satisfies Partial<Messages>
