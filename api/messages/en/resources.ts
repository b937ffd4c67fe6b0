import type { Messages } from '../../refusals.ts'

/** In English: groups and resources. */
export const resources = {
  resourceGroupNotFound: ({ name }) =>
    `Resource group '${name}' could not be found. Create it first, or check its name.`,
  resourceNotFound: ({ resource, group }) =>
    `The Resource '${resource}' under resource group '${group}' was not found. Check the ` +
    'name and the group.',
  invalidLocation: ({ location, known }) =>
    `The provided location '${location}' is not available. The locations are ` +
    `${known.join(', ')}.`,
  locationRequired: () => "The location property is required. Name one, such as 'local'.",
  locationImmutable: ({ resource, actual, asked }) =>
    `The resource '${resource}' already exists in location '${actual}'; it cannot be put ` +
    `in '${asked}'. Use its location or another name.`,
  groupLocationImmutable: ({ group, actual, asked }) =>
    `Invalid resource group location '${asked}'. The resource group '${group}' already ` +
    `exists in location '${actual}'.`,
  groupBeingDeleted: ({ group }) =>
    `The resource group '${group}' is being deleted. Wait until it is gone, then try ` + 'again.',
  resourceBeingDeleted: ({ resource }) =>
    `The resource '${resource}' is being deleted. Wait until it is gone, then try again.`,
  storageNameTaken: ({ name }) =>
    `The storage account named ${name} is already taken. Choose another name.`,
  storageNameInvalid: ({ name }) =>
    `${name} is not a valid storage account name. Storage account names must be between ` +
    '3 and 24 characters in length and use numbers and lower-case letters only.',
  providerNotRegistered: ({ namespace, subscriptionId }) =>
    `The subscription is not registered to use namespace '${namespace}'. Register it: ` +
    `POST /subscriptions/${subscriptionId}/providers/${namespace}/register.`,
} satisfies Partial<Messages>
