import type { Currency } from '../kernel/currency.ts'

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
  /** Days of free retention after a suspension; null: it holds no data, nothing is ever purged. */
  readonly retentionDays: number | null
  /** Days after a cancel from which whoever may cancel may delete early. */
  readonly deletableAfterDays: number
  readonly spendingLimit: 'On' | 'Off'
  /** How many subscriptions of this offer one billing account may ever take; null: any number. */
  readonly perAccountMax: number | null
  /** Agreement types of the billing accounts that may take it. */
  readonly agreementTypes: readonly AgreementType[]
  /** Under whose name the price lists say what its meters cost. */
  readonly prices: OfferName
  /** What may be used without being charged, in major units, for so many days; null: nothing. */
  readonly credit: Credit | null
  /** Null: without an end of its own. */
  readonly term: Term | null
}

export type Credit = {
  readonly days: number
  readonly amounts: { readonly [C in Currency]: string }
}

/**
 * A trial ends after its days. A commitment is for so many months, paid one by one, and renews for
 * as many unless it was cancelled; until its last month it goes on serving.
 */
export type Term =
  | { readonly kind: 'trial'; readonly days: number }
  | { readonly kind: 'commitment'; readonly months: number }

export type OfferName =
  | 'PayAsYouGo'
  | 'FreeTrial'
  | 'MicrosoftCustomerAgreement'
  | 'EnterpriseAgreement'
  | SupportOfferName

export type SupportOfferName = 'SupportDeveloper' | 'SupportStandard' | 'SupportStandardMonthly'

export type AgreementType =
  | 'MicrosoftOnlineServicesProgram'
  | 'MicrosoftCustomerAgreement'
  | 'EnterpriseAgreement'

const seeds = 'Cancel your Azure subscription, 2016 and 2017'
const today = 'Cancel your Azure subscription, 2026'

/** USD 200 for 30 days (Azure free account, 2026), and about as much in each other currency. */
const trialDays = 30
const trialCredit = {
  AUD: '300',
  CAD: '275',
  CHF: '180',
  CNY: '1500',
  EUR: '170',
  GBP: '150',
  JPY: '22500',
  KWD: '60',
  USD: '200',
} as const

function supportPlan(
  name: SupportOfferName,
  terms: Pick<Offer, 'follows' | 'agreementTypes' | 'mayCancel'> & { readonly months: number },
): Offer {
  const { months, ...rest } = terms
  return {
    name,
    quotaId: `${name}_2014-09-01`,
    ...rest,
    wayBack: 'self',
    retentionDays: null,
    deletableAfterDays: 0,
    spendingLimit: 'Off',
    perAccountMax: null,
    prices: name,
    credit: null,
    term: { kind: 'commitment', months },
  }
}

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
    prices: 'PayAsYouGo',
    credit: null,
    term: null,
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
    prices: 'PayAsYouGo',
    credit: { days: trialDays, amounts: trialCredit },
    term: { kind: 'trial', days: trialDays },
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
    prices: 'MicrosoftCustomerAgreement',
    credit: null,
    term: null,
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
    prices: 'EnterpriseAgreement',
    credit: null,
    term: null,
  },
  SupportDeveloper: supportPlan('SupportDeveloper', {
    follows: seeds,
    mayCancel: 'AccountAdministrator',
    agreementTypes: ['MicrosoftOnlineServicesProgram'],
    months: 6,
  }),
  SupportStandard: supportPlan('SupportStandard', {
    follows: seeds,
    mayCancel: 'AccountAdministrator',
    agreementTypes: ['MicrosoftOnlineServicesProgram'],
    months: 6,
  }),
  // Today a plan is paid to the end of its month.
  SupportStandardMonthly: supportPlan('SupportStandardMonthly', {
    follows: today,
    mayCancel: 'Owner',
    agreementTypes: ['MicrosoftCustomerAgreement', 'EnterpriseAgreement'],
    months: 1,
  }),
}

/** The offer that a subscription takes when its alias names none. */
export function defaultOffer(agreementType: AgreementType): OfferName {
  return agreementType === 'MicrosoftOnlineServicesProgram' ? 'PayAsYouGo' : agreementType
}

/** A support plan serves, is paid month by month, and holds no resources. */
export function isSupportPlan(offer: Offer): boolean {
  return offer.term?.kind === 'commitment'
}

/** Looks an offer up by name without regard to case; null when there is none. */
export function findOffer(name: string): Offer | null {
  const wanted = name.toLowerCase()
  return Object.values(offers).find((offer) => offer.name.toLowerCase() === wanted) ?? null
}
