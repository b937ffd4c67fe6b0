/** The promises of the product, by the number under which its design lists them. */
export const promises = {
  1: 'no charge after cancel',
  3: 'never early, never forgotten',
  4: 'read-only means read-only',
  5: 'retained means readable',
  6: 'twice is once',
  7: 'what the plan said is what happens',
  9: 'acknowledged is durable',
  10: 'one broken provider never holds up another',
  11: 'money adds up',
  12: 'only who may',
  13: 'history cannot be rewritten',
  14: 'a test clock touches nothing outside its billing account',
} as const

export type PromiseNumber = keyof typeof promises

/** What a check found. Stops the simulation: the seed and the step repeat it. */
export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken'
  /** Null: not a promise to anybody, but a fault inside (a 500, a failed assumption). */
  readonly promise: PromiseNumber | null

  constructor(promise: PromiseNumber | null, text: string) {
    super(promise === null ? `fault: ${text}` : `promise ${promise}, ${promises[promise]}: ${text}`)
    this.promise = promise
  }
}

export function keep(promise: PromiseNumber, holds: boolean, text: () => string): void {
  if (!holds) throw new PromiseBroken(promise, text())
}
