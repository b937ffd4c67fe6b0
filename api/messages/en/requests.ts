import type { Messages } from '../../refusals.ts'
import { fieldText, nameRules } from './phrases.ts'

/** In English: what is wrong with a request, or with us. */
export const requests = {
  missingApiVersion: () =>
    'The api-version query parameter (?api-version=) is required for all requests.',
  invalidApiVersion: ({ apiVersion }) =>
    `The api-version '${apiVersion}' is not valid. Write it as a date, such as ` + '2021-10-01.',
  unsupportedApiVersion: ({ type, apiVersion, supported }) =>
    `No registered resource provider found for API version '${apiVersion}' for type ` +
    `'${type}'. The supported api-versions are '${supported.join(', ')}'.`,
  unknownHost: ({ host, publicUrl }) =>
    `This server is not '${host}'. Use the address that it was given: ${publicUrl}.`,
  routeNotFound: ({ method, path }) =>
    `There is no operation ${method} ${path}. Check the path and the resource type in it.`,
  methodNotAllowed: ({ method, allowed }) =>
    `The method ${method} is not served on this path. It serves ${allowed.join(', ')}.`,
  missingToken: () =>
    "Authentication failed. The 'Authorization' header is missing or not a bearer token. " +
    "Sign in and send the token as 'Bearer <token>'.",
  invalidToken: ({ reason }) =>
    `The access token is not valid: ${reason} Sign in again at this server's own issuer.`,
  expiredToken: () => 'The access token has expired. Sign in again.',
  wrongAudience: ({ accepted }) =>
    'The access token was issued for another audience. Ask for a token for one of: ' +
    `${accepted.join(', ')}.`,
  wrongTenant: () =>
    'The access token is from the wrong issuer or tenant. Sign in to the tenant that ' +
    'holds the resource.',
  notFound: ({ what }) => `${what} was not found. Check its name.`,
  resourceTypeUnknown: ({ type, known }) =>
    `The resource type '${type}' is not served here. The types served are ` +
    `${known.join(', ')}.`,
  namespaceUnknown: ({ namespace, known }) =>
    `The resource namespace '${namespace}' is invalid. The namespaces served are ` +
    `${known.join(', ')}.`,
  invalidJson: ({ reason }) => `The request content is not valid JSON: ${reason}`,
  missingBody: () => 'The request has no content. Send a JSON object.',
  invalidContent: ({ field, problem }) =>
    `The request content is invalid: ${fieldText(field, problem)}`,
  unsupportedMediaType: ({ contentType }) =>
    `The content type '${contentType}' is not supported. Send application/json.`,
  bodyTooLarge: ({ limitBytes }) =>
    `The request content is larger than the limit of ${limitBytes} bytes. Send less at ` + 'once.',
  invalidParameter: ({ parameter, problem }) => fieldText(parameter, problem),
  invalidFilter: ({ filter, supported }) =>
    `The filter '${filter}' is not supported. Supported are: ${supported.join('; ')}.`,
  invalidName: ({ field, name, rule }) => `The ${field} '${name}' is invalid. ${nameRules[rule]}`,
  nameTaken: ({ what, name }) => `There is already a ${what} named '${name}'. Use another name.`,
  immutableProperty: ({ property, actual }) =>
    `The property '${property}' cannot be changed; it is '${actual}'. Leave it as it is, ` +
    'or create another.',
  preconditionFailed: ({ resource }) =>
    `The condition in the If-Match or If-None-Match header is not met by '${resource}'. ` +
    'Read it again and repeat with its etag.',
  operationConflict: ({ what }) => `Another operation on ${what} is in progress. Wait for its end.`,
  hostUnavailable: ({ resource }) =>
    `The host that holds '${resource}' does not answer. Try again in a moment; if it ` +
    'persists, its operator must start it.',
  commitUnknown: () =>
    'The connection to the database was lost while the change was stored, so its outcome ' +
    'is unknown. Repeat the request: repeating is safe.',
  unavailable: ({ reason }) => `The server cannot do this now: ${reason} Try again in a moment.`,
  internalError: ({ requestId }) =>
    'Something went wrong on our side. Nothing more is known here; the operator finds ' +
    `the cause under request id ${requestId}.`,
} satisfies Partial<Messages>
