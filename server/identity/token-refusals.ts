import { formatInstant, type Instant } from '../kernel/instant.ts'

/** Why a token request is refused, in OAuth's and in Azure's words. */
export type TokenRefusal = {
  readonly status: number
  /** The `error` of OAuth 2.0. */
  readonly error: string
  /** The number behind `AADSTS`, by which Azure's clients and their users know the case. */
  readonly code: number
  /** Cause and remedy. */
  readonly text: string
}

/** What ties an answer to the logs of both sides. */
export type Trace = {
  readonly traceId: string
  readonly correlationId: string
}

/** The JSON body of a refusal, as Azure's clients read it. */
export function refusalBody(refusal: TokenRefusal, trace: Trace, now: Instant): object {
  const timestamp = `${formatInstant(now).slice(0, 19).replace('T', ' ')}Z`
  return {
    error: refusal.error,
    error_description:
      `AADSTS${refusal.code}: ${refusal.text} Trace ID: ${trace.traceId} ` +
      `Correlation ID: ${trace.correlationId} Timestamp: ${timestamp}`,
    error_codes: [refusal.code],
    timestamp,
    trace_id: trace.traceId,
    correlation_id: trace.correlationId,
  }
}

/**
 * One text for an unknown client and an unknown tenant: which of both it is, is nobody's business.
 */
export function unknownClient(clientId: string, tenant: string): TokenRefusal {
  return {
    status: 400,
    error: 'invalid_client',
    code: 700016,
    text:
      `Application with identifier '${shown(clientId)}' was not found in the directory ` +
      `'${shown(tenant)}', or there is no such directory. Compare the client id and the ` +
      'tenant id with those that were given when the service principal was made (for the ' +
      'first one: first-sign-in.json in the data folder).',
  }
}

export function wrongSecret(clientId: string): TokenRefusal {
  return {
    status: 401,
    error: 'invalid_client',
    code: 7000215,
    text:
      `Invalid client secret provided for application '${clientId}'. Send the secret itself ` +
      'as it was shown once, not its id; if it is lost, have a new one made.',
  }
}

export function expiredSecret(clientId: string): TokenRefusal {
  return {
    status: 401,
    error: 'invalid_client',
    code: 7000222,
    text:
      `The provided client secret of application '${clientId}' has expired. Have a new ` +
      'secret made and sign in with it.',
  }
}

export function disabledClient(clientId: string): TokenRefusal {
  return {
    status: 401,
    error: 'unauthorized_client',
    code: 7000112,
    text:
      `Application '${clientId}' is disabled. Ask an administrator of the tenant to enable ` +
      'the service principal.',
  }
}

export function missingCredential(): TokenRefusal {
  return {
    status: 401,
    error: 'invalid_client',
    code: 7000216,
    text:
      "The request carries no credential that is supported here. Send 'client_secret' in the " +
      'form or as basic authentication.',
  }
}

/** A tenant segment that can name no tenant: a word like `common`, or a text that is no id. */
export function notATenant(tenant: string): TokenRefusal {
  return {
    status: 400,
    error: 'invalid_tenant',
    code: 90002,
    text:
      `Tenant '${shown(tenant)}' not found: a service principal signs in at the id of its ` +
      'own tenant. Put the tenant id in place of this word (az login --tenant <tenant id>; ' +
      'tenantId in the SDKs; first-sign-in.json names it).',
  }
}

export function missingScope(origin: string): TokenRefusal {
  return {
    status: 400,
    error: 'invalid_request',
    code: 90014,
    text:
      `The required field 'scope' is missing. Send scope=${origin}/.default (or, in the ` +
      `older form, resource=${origin}).`,
  }
}

export function malformedScope(scope: string, origin: string): TokenRefusal {
  return {
    status: 400,
    error: 'invalid_scope',
    code: 1002012,
    text:
      `The provided value for scope '${shown(scope)}' is not valid. With client credentials ` +
      `the scope must be one resource with /.default behind it, as in ${origin}/.default.`,
  }
}

export function unknownResource(resource: string, origin: string): TokenRefusal {
  return {
    status: 400,
    error: 'invalid_resource',
    code: 500011,
    text:
      `The resource '${shown(resource)}' was not found: this server issues tokens for itself ` +
      `alone. Ask for ${origin}/.default, https://management.azure.com/.default or ` +
      'https://storage.azure.com/.default.',
  }
}

export function unsupportedGrant(grant: string): TokenRefusal {
  return {
    status: 400,
    error: 'unsupported_grant_type',
    code: 70003,
    text:
      `The grant type '${shown(grant)}' is not supported. Sign in as a service principal: ` +
      'grant_type=client_credentials.',
  }
}

export function malformedRequest(detail: string): TokenRefusal {
  return {
    status: 400,
    error: 'invalid_request',
    code: 900144,
    text:
      `The request is not a token request: ${detail}. Send a form with client_id, ` +
      'client_secret, scope and grant_type=client_credentials.',
  }
}

export function bodyTooLarge(limitBytes: number): TokenRefusal {
  return {
    status: 413,
    error: 'invalid_request',
    code: 900144,
    text:
      `The request body is over ${limitBytes} bytes. A token request is a short form: send ` +
      'only its own fields.',
  }
}

export function wrongMethod(allowed: string): TokenRefusal {
  return {
    status: 405,
    error: 'invalid_request',
    code: 900561,
    text: `The endpoint only accepts ${allowed} requests. Send the request as ${allowed}.`,
  }
}

export function noInteractiveSignIn(): TokenRefusal {
  return {
    status: 400,
    error: 'unsupported_response_type',
    code: 70005,
    text:
      'This endpoint signs in service principals only, not people. Use a client id and a ' +
      'client secret at the token endpoint.',
  }
}

export function foreignInstance(authority: string): TokenRefusal {
  return {
    status: 400,
    error: 'invalid_instance',
    code: 50049,
    text:
      `Unknown or invalid instance '${shown(authority)}'. Ask with an authorization_endpoint ` +
      "on this server's public URL.",
  }
}

export function temporarilyUnavailable(): TokenRefusal {
  return {
    status: 503,
    error: 'temporarily_unavailable',
    code: 90033,
    text:
      'A transient error has occurred: the directory could not be read. Try again; the ' +
      'operator finds the cause in the log under the trace id.',
  }
}

/** What the caller sent, cut to a length that fits in a message and kept on one line. */
function shown(text: string): string {
  const oneLine = text.replaceAll(/\p{Cc}/gu, ' ')
  return oneLine.length <= 120 ? oneLine : `${oneLine.slice(0, 120)}...`
}
