/**
 * Every error that the API answers: its ARM code and HTTP status. The name is ours, for each a text
 * in every language (`messages/`); the code is ARM's, never translated. Codes that Azure has keep
 * Azure's meaning.
 */
export const refusals = {
  missingApiVersion: { code: 'MissingApiVersionParameter', status: 400 },
  invalidApiVersion: { code: 'InvalidApiVersionParameter', status: 400 },
  unsupportedApiVersion: { code: 'NoRegisteredProviderFound', status: 400 },
  unknownHost: { code: 'MisdirectedRequest', status: 421 },
  routeNotFound: { code: 'InvalidResourceType', status: 404 },
  methodNotAllowed: { code: 'MethodNotAllowed', status: 405 },
  missingToken: { code: 'AuthenticationFailed', status: 401 },
  invalidToken: { code: 'InvalidAuthenticationToken', status: 401 },
  expiredToken: { code: 'ExpiredAuthenticationToken', status: 401 },
  wrongAudience: { code: 'InvalidAuthenticationTokenAudience', status: 401 },
  wrongTenant: { code: 'InvalidAuthenticationTokenTenant', status: 401 },
  authorisationFailed: { code: 'AuthorizationFailed', status: 403 },
  lifecycleActForbidden: { code: 'AuthorizationFailed', status: 403 },
  invalidSubscriptionId: { code: 'InvalidSubscriptionId', status: 400 },
  subscriptionNotFound: { code: 'SubscriptionNotFound', status: 404 },
  resourceGroupNotFound: { code: 'ResourceGroupNotFound', status: 404 },
  resourceNotFound: { code: 'ResourceNotFound', status: 404 },
  notFound: { code: 'NotFound', status: 404 },
  resourceTypeUnknown: { code: 'InvalidResourceType', status: 404 },
  namespaceUnknown: { code: 'InvalidResourceNamespace', status: 404 },
  readOnlySubscription: { code: 'ReadOnlyDisabledSubscription', status: 409 },
  resourcesExist: { code: 'ResourcesExistingOnSubscription', status: 400 },
  invalidJson: { code: 'InvalidRequestContent', status: 400 },
  missingBody: { code: 'InvalidRequestContent', status: 400 },
  invalidContent: { code: 'InvalidRequestContent', status: 400 },
  unsupportedMediaType: { code: 'UnsupportedMediaType', status: 415 },
  bodyTooLarge: { code: 'RequestContentTooLarge', status: 413 },
  invalidParameter: { code: 'InvalidParameter', status: 400 },
  invalidFilter: { code: 'InvalidFilterInQueryString', status: 400 },
  invalidName: { code: 'InvalidResourceName', status: 400 },
  invalidLocation: { code: 'LocationNotAvailableForResourceType', status: 400 },
  locationRequired: { code: 'LocationRequired', status: 400 },
  locationImmutable: { code: 'InvalidResourceLocation', status: 409 },
  groupLocationImmutable: { code: 'InvalidResourceGroupLocation', status: 409 },
  groupBeingDeleted: { code: 'ResourceGroupBeingDeleted', status: 409 },
  resourceBeingDeleted: { code: 'ResourceBeingDeleted', status: 409 },
  storageNameTaken: { code: 'StorageAccountAlreadyTaken', status: 409 },
  storageNameInvalid: { code: 'AccountNameInvalid', status: 400 },
  providerNotRegistered: { code: 'MissingSubscriptionRegistration', status: 409 },
  preconditionFailed: { code: 'PreconditionFailed', status: 412 },
  planChanged: { code: 'CancelPlanChanged', status: 412 },
  planExpired: { code: 'CancelPlanExpired', status: 410 },
  planNotFound: { code: 'CancelPlanNotFound', status: 404 },
  retentionEnded: { code: 'RetentionEnded', status: 409 },
  termEnded: { code: 'SupportPlanEnded', status: 409 },
  notATrial: { code: 'OfferNotUpgradable', status: 409 },
  upgradeCancelled: { code: 'SubscriptionCancelled', status: 409 },
  holdsNoResources: { code: 'OfferHoldsNoResources', status: 409 },
  accountUnpaid: { code: 'BillingAccountUnpaid', status: 409 },
  paymentRefused: { code: 'PaymentRefused', status: 409 },
  creditRefused: { code: 'CreditNoteRefused', status: 409 },
  notASupportPlan: { code: 'BillingSubscriptionNotCancellable', status: 409 },
  downloadRefused: { code: 'AuthenticationFailed', status: 403 },
  notCancelled: { code: 'SubscriptionNotCancelled', status: 409 },
  notYetDeletable: { code: 'SubscriptionNotYetDeletable', status: 409 },
  nameMismatch: { code: 'SubscriptionNameMismatch', status: 400 },
  billingScopeNotFound: { code: 'BillingScopeNotFound', status: 404 },
  offerNotFound: { code: 'OfferNotFound', status: 400 },
  offerNotAvailable: { code: 'OfferNotAvailable', status: 409 },
  aliasConflict: { code: 'SubscriptionAliasConflict', status: 409 },
  roleAssignmentExists: { code: 'RoleAssignmentExists', status: 409 },
  roleAssignmentConflict: { code: 'RoleAssignmentUpdateNotPermitted', status: 409 },
  roleAssignmentNotFound: { code: 'RoleAssignmentNotFound', status: 404 },
  roleDefinitionNotFound: { code: 'RoleDefinitionDoesNotExist', status: 404 },
  roleNotAssignable: { code: 'RoleAssignmentScopeNotAssignableToRoleDefinition', status: 400 },
  assignableScopeNotFound: { code: 'AssignableScopeNotFound', status: 400 },
  reservedAct: { code: 'AuthorizationFailed', status: 403 },
  tooManySecrets: { code: 'TooManySecrets', status: 409 },
  lastAdministrator: { code: 'CannotDeleteLastRbacAdminAssignment', status: 412 },
  roleNotFound: { code: 'RoleDefinitionDoesNotExist', status: 400 },
  roleInUse: { code: 'RoleDefinitionHasAssignments', status: 409 },
  builtInRole: { code: 'RoleDefinitionIsBuiltIn', status: 409 },
  roleNameTaken: { code: 'RoleDefinitionWithSameNameExists', status: 409 },
  principalNotFound: { code: 'PrincipalNotFound', status: 400 },
  roleNeedsTenantScope: { code: 'RoleNotAssignableHere', status: 400 },
  nameTaken: { code: 'Conflict', status: 409 },
  immutableProperty: { code: 'PropertyChangeNotAllowed', status: 409 },
  testClocksOff: { code: 'TestClocksNotEnabled', status: 403 },
  clockNotFound: { code: 'TestClockNotFound', status: 400 },
  clockBackwards: { code: 'TestClockCannotGoBack', status: 409 },
  clockBusy: { code: 'TestClockAdvancing', status: 409 },
  clockInUse: { code: 'TestClockInUse', status: 409 },
  clockTaken: { code: 'TestClockInUse', status: 409 },
  priceStored: { code: 'PriceCannotBeChanged', status: 409 },
  priceNotForward: { code: 'PriceNotForward', status: 409 },
  defaultPriceList: { code: 'PriceListIsDefault', status: 409 },
  currencyNotPriced: { code: 'CurrencyNotPriced', status: 409 },
  operatorOnly: { code: 'AuthorizationFailed', status: 403 },
  operationConflict: { code: 'AnotherOperationInProgress', status: 409 },
  hostUnavailable: { code: 'HostUnavailable', status: 503 },
  commitUnknown: { code: 'OutcomeUnknown', status: 503 },
  unavailable: { code: 'ServerBusy', status: 503 },
  internalError: { code: 'InternalServerError', status: 500 },
} as const satisfies { readonly [name: string]: { readonly code: string; readonly status: number } }

export type RefusalName = keyof typeof refusals

/** What a text needs to name. Dates are ISO 8601 UTC; lists hold at most the first 20. */
export type RefusalFacts = {
  missingApiVersion: object
  invalidApiVersion: { apiVersion: string }
  unsupportedApiVersion: { type: string; apiVersion: string; supported: readonly string[] }
  unknownHost: { host: string; publicUrl: string }
  routeNotFound: { method: string; path: string }
  methodNotAllowed: { method: string; allowed: readonly string[] }
  missingToken: object
  invalidToken: { reason: string }
  expiredToken: object
  wrongAudience: { accepted: readonly string[] }
  wrongTenant: object
  authorisationFailed: {
    client: string
    objectId: string
    action: string
    scope: string
    roles: readonly string[]
  }
  lifecycleActForbidden: {
    client: string
    objectId: string
    action: string
    scope: string
    offer: string
    /** Who may: account administrator (with object id), Owners, Support Engineers. */
    who: WhoMay
  }
  invalidSubscriptionId: { subscriptionId: string }
  subscriptionNotFound: { subscriptionId: string }
  resourceGroupNotFound: { name: string }
  resourceNotFound: { resource: string; group: string }
  notFound: { what: string }
  resourceTypeUnknown: { type: string; known: readonly string[] }
  namespaceUnknown: { namespace: string; known: readonly string[] }
  readOnlySubscription: {
    subscriptionId: string
    suspensions: readonly { reason: string; since: string }[]
    /** When the data will be purged. */
    until: string
    wayBack: WhoMay
  }
  resourcesExist: { subscriptionId: string; resources: readonly string[]; count: number }
  invalidJson: { reason: string }
  missingBody: object
  invalidContent: { field: string; problem: FieldProblem }
  unsupportedMediaType: { contentType: string }
  bodyTooLarge: { limitBytes: number }
  invalidParameter: { parameter: string; problem: FieldProblem }
  invalidFilter: { filter: string; supported: readonly string[] }
  invalidName: { field: string; name: string; rule: NameRule }
  invalidLocation: { location: string; known: readonly string[] }
  locationRequired: object
  locationImmutable: { resource: string; actual: string; asked: string }
  groupLocationImmutable: { group: string; actual: string; asked: string }
  groupBeingDeleted: { group: string }
  resourceBeingDeleted: { resource: string }
  storageNameTaken: { name: string }
  storageNameInvalid: { name: string }
  providerNotRegistered: { namespace: string; subscriptionId: string }
  preconditionFailed: { resource: string }
  planChanged: { plan: string }
  planExpired: { plan: string; expiredAt: string }
  planNotFound: { plan: string }
  retentionEnded: { subscriptionId: string; purgeAt: string }
  termEnded: { subscriptionId: string; endedAt: string }
  notATrial: { subscriptionId: string; offer: string }
  upgradeCancelled: { subscriptionId: string; who: WhoMay }
  holdsNoResources: { subscriptionId: string; offer: string }
  accountUnpaid: { account: string; since: string }
  paymentRefused: {
    invoice: string
    why: 'notAnInvoice' | 'void' | 'currency' | 'notPositive' | 'otherAmount' | 'paid' | 'tooMuch'
    /** What would be right: a currency, the amount on record, or what is due; with its currency. */
    actual: string
  }
  creditRefused: {
    invoice: string
    why: 'notAnInvoice' | 'void' | 'hasPayments' | 'notPositive' | 'line' | 'tooMuch'
    actual: string
  }
  /** Only support plans end through their billing; all others are cancelled as themselves. */
  notASupportPlan: { subscriptionId: string; offer: string; cancel: string }
  downloadRefused: object
  notCancelled: { subscriptionId: string }
  notYetDeletable: { subscriptionId: string; deletableFrom: string }
  nameMismatch: object
  billingScopeNotFound: { billingScope: string }
  offerNotFound: { offer: string; known: readonly string[] }
  offerNotAvailable: { offer: string; account: string; reason: 'agreement' | 'taken' }
  aliasConflict: { alias: string; subscriptionId: string }
  roleAssignmentExists: { assignmentId: string }
  roleAssignmentConflict: { assignmentId: string }
  roleAssignmentNotFound: { name: string; scope: string }
  roleDefinitionNotFound: { roleId: string; scope: string }
  roleNotAssignable: { role: string; scope: string; assignableScopes: readonly string[] }
  assignableScopeNotFound: { scope: string }
  /** A role that names an act which the offer reserves, given by somebody who may not do it. */
  reservedAct: { role: string; action: string; scope: string }
  tooManySecrets: { principal: string; max: number }
  lastAdministrator: { scope: string }
  roleNotFound: { roleId: string }
  roleInUse: { roleId: string; count: number }
  builtInRole: { role: string }
  roleNameTaken: { name: string; roleId: string }
  principalNotFound: { principalId: string }
  roleNeedsTenantScope: { role: string }
  nameTaken: { what: string; name: string }
  immutableProperty: { property: string; actual: string }
  testClocksOff: object
  clockNotFound: { clock: string }
  clockBackwards: { now: string; asked: string }
  clockBusy: { clock: string; target: string }
  clockInUse: { clock: string; accounts: readonly string[] }
  /** By another billing account, which the caller may not know of. */
  clockTaken: { clock: string }
  priceStored: { field: string; unitPrice: string; effectiveFrom: string }
  /** By then something may have been charged. */
  priceNotForward: { field: string; effectiveFrom: string; notBefore: string }
  defaultPriceList: object
  /** All that was used would be free. */
  currencyNotPriced: { currency: string; priceLists: readonly string[] }
  operatorOnly: { action: string }
  operationConflict: { what: string }
  hostUnavailable: { resource: string }
  commitUnknown: object
  unavailable: { reason: string }
  internalError: { requestId: string }
}

/** Who may do one of the acts that the offer reserves. */
export type WhoMay = {
  readonly act: 'cancel' | 'reactivate' | 'delete' | 'upgrade'
  readonly by: 'accountAdministrator' | 'owners' | 'supportEngineers'
  /** The account administrator's object id. */
  readonly objectId: string | null
  /** The custom-role action that also admits. */
  readonly action: string
}

/** Why a field was refused; each kind has a text that says the remedy. */
export type FieldProblem =
  | { readonly kind: 'required' }
  | { readonly kind: 'type'; readonly expected: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'length'; readonly min: number; readonly max: number }
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'instant' }
  | { readonly kind: 'instantBetween'; readonly earliest: string; readonly latest: string }
  | { readonly kind: 'duration' }
  /** A day. */
  | { readonly kind: 'date' }
  /** Known, but not done here. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'mismatch'; readonly expected: string }
  | { readonly kind: 'count'; readonly max: number }
  /** An amount of money for one unit. */
  | { readonly kind: 'price' }
  /** An amount of money that can be paid: in whole coins of its currency. */
  | { readonly kind: 'amount'; readonly currency: string; readonly decimals: number }
  /** Said already, at another place. */
  | { readonly kind: 'duplicate'; readonly of: string }
  | { readonly kind: 'invalid' }

export type NameRule = 'resourceGroup' | 'resource' | 'reprieve' | 'alias' | 'tag'

/** An error as it is thrown: the name picks code, status and text. */
export type Refusal = {
  [Name in RefusalName]: { readonly name: Name; readonly facts: RefusalFacts[Name] }
}[RefusalName]

export type Messages = {
  readonly [Name in RefusalName]: (facts: RefusalFacts[Name]) => string
}
