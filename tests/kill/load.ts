import type { Answer } from '../../api/client-answer.ts'
import type { Dice } from '../simulation/seeded.ts'
import type { Site } from './site.ts'
import type { Tally } from './tally.ts'
import { Violation } from './uncertain.ts'

/** What the clients of one round share. */
export type Load = {
  readonly site: Site
  readonly dice: Dice
  readonly tally: Tally
  /** The object id of the principal that everybody acts as. */
  readonly principalId: string
  /** The round is over: begin nothing more. */
  readonly isOver: () => boolean
}

/**
 * `accepted`: it will be done. `unanswered`: it was, or not. After these two, look at the state.
 */
export type Outcome = 'acknowledged' | 'accepted' | 'refused' | 'unanswered'

/** A change that is asked for; null: nobody answered, or with an error that says "ask again". */
export async function send(
  { site, tally }: Load,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer | null> {
  const answer = await site.ask(method, path, body)
  if (answer === null) tally.unanswered += 1
  else if (answer.status < 400) tally.acknowledgedChanges += 1
  else tally.refused += 1
  return answer
}

/** @throws Violation for an answer that the state of things does not allow. */
export function expectStatus(answer: Answer, allowed: readonly number[], what: string): void {
  if (allowed.includes(answer.status)) return
  const said = JSON.stringify(answer.body)
  throw new Violation(`${what} was answered ${answer.status}, not ${allowed.join(' or ')}: ${said}`)
}
