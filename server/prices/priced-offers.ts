import { type OfferName, isSupportPlan, offers } from '../offers/offer.ts'
import { type MeterName, meters } from './meter.ts'

/** The offers that price lists name; the others take the prices of one of these. */
export const pricedOffers: readonly OfferName[] = Object.values(offers)
  .filter((offer) => offer.prices === offer.name)
  .map((offer) => offer.name)

const monthly: readonly MeterName[] = ['support-plan-months']
const ofResources = Object.values(meters)
  .map((meter) => meter.name)
  .filter((meter) => !monthly.includes(meter))

/** What can be measured under an offer: the months of a support plan, or what resources use. */
export function metersOf(offer: OfferName): readonly MeterName[] {
  return isSupportPlan(offers[offer]) ? monthly : ofResources
}
