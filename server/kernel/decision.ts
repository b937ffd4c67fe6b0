/**
 * What a rule answers: what happened, or why it may not. Rules never throw for business reasons.
 */
export type Decision<Accepted, Refusal> =
  | { readonly accepted: true; readonly value: Accepted }
  | { readonly accepted: false; readonly refusal: Refusal }

export function accept<Accepted>(value: Accepted): Decision<Accepted, never> {
  return { accepted: true, value }
}

export function refuse<Refusal>(refusal: Refusal): Decision<never, Refusal> {
  return { accepted: false, refusal }
}
