/**
 * The terms of a subscription. Every figure of its lifecycle is read from here, never a constant.
 */
export type Offer = {
  readonly name: OfferName
  /** What ARM publishes as `subscriptionPolicies.quotaId`. */
  readonly quotaId: string
  /** The page and year whose rules it follows. */
  readonly follows: string
  readonly mayCancel: 'AccountAdministrator' | 'Owner'
  /** `self`: whoever may cancel reactivates at once. `ticket`: a support engineer does. */
  readonly wayBack: 'self' | 'ticket'
  readonly retentionDays: number
  /** Days after a cancel from which whoever may cancel may delete early. */
  readonly deletableAfterDays: number
  readonly spendingLimit: 'On' | 'Off'
  /** How many subscriptions of this offer one billing account may ever take; null: any number. */
  readonly perAccountMax: number | null
  /** Agreement types of the billing accounts that may take it. */
  readonly agreementTypes: readonly AgreementType[]
}

export type OfferName =
  | 'PayAsYouGo'
  | 'FreeTrial'
  | 'MicrosoftCustomerAgreement'
  | 'EnterpriseAgreement'

export type AgreementType =
  | 'MicrosoftOnlineServicesProgram'
  | 'MicrosoftCustomerAgreement'
  | 'EnterpriseAgreement'

const seeds = 'Cancel your Azure subscription, 2016 and 2017'
const today = 'Cancel your Azure subscription, 2026'

export const offers: { readonly [Name in OfferName]: Offer } = {
  PayAsYouGo: {
    name: 'PayAsYouGo',
    quotaId: 'PayAsYouGo_2014-09-01',
    follows: seeds,
    mayCancel: 'AccountAdministrator',
    wayBack: 'self',
    retentionDays: 90,
    deletableAfterDays: 3,
    spendingLimit: 'Off',
    perAccountMax: null,
    agreementTypes: ['MicrosoftOnlineServicesProgram'],
  },
  FreeTrial: {
    name: 'FreeTrial',
    quotaId: 'FreeTrial_2014-09-01',
    follows: seeds,
    mayCancel: 'AccountAdministrator',
    wayBack: 'ticket',
    retentionDays: 90,
    deletableAfterDays: 3,
    spendingLimit: 'On',
    perAccountMax: 1,
    agreementTypes: ['MicrosoftOnlineServicesProgram'],
  },
  MicrosoftCustomerAgreement: {
    name: 'MicrosoftCustomerAgreement',
    quotaId: 'MicrosoftCustomerAgreement_2014-09-01',
    follows: today,
    mayCancel: 'Owner',
    wayBack: 'self',
    retentionDays: 90,
    deletableAfterDays: 3,
    spendingLimit: 'Off',
    perAccountMax: null,
    agreementTypes: ['MicrosoftCustomerAgreement'],
  },
  EnterpriseAgreement: {
    name: 'EnterpriseAgreement',
    quotaId: 'EnterpriseAgreement_2014-09-01',
    follows: today,
    mayCancel: 'Owner',
    wayBack: 'ticket',
    retentionDays: 90,
    // Enrolments are sold by field and partner channels, where the same page says 7 days.
    deletableAfterDays: 7,
    spendingLimit: 'Off',
    perAccountMax: null,
    agreementTypes: ['EnterpriseAgreement'],
  },
}

/** The offer that a subscription takes when its alias names none. */
export function defaultOffer(agreementType: AgreementType): OfferName {
  return agreementType === 'MicrosoftOnlineServicesProgram' ? 'PayAsYouGo' : agreementType
}

/** Looks an offer up by name without regard to case; null when there is none. */
export function findOffer(name: string): Offer | null {
  const wanted = name.toLowerCase()
  return Object.values(offers).find((offer) => offer.name.toLowerCase() === wanted) ?? null
}
