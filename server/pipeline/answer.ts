import { english } from '../../api/messages/en.ts'
import { french } from '../../api/messages/fr.ts'
import { chinese } from '../../api/messages/zh.ts'
import { type Messages, type Refusal, refusals } from '../../api/refusals.ts'

const languages: { readonly [tag: string]: Messages } = { en: english, fr: french, zh: chinese }

/** The language of an answer: the first of `Accept-Language` that we speak, by its weight. */
export function messagesFor(acceptLanguage: string | undefined): Messages {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part, index) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = parameters.map((text) => /^\s*q=([\d.]+)/.exec(text)?.[1]).find(Boolean)
      return {
        tag: tag.split('-')[0] ?? '',
        weight: weight === undefined ? 1 : Number(weight),
        index,
      }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.index - b.index)
  for (const { tag } of wanted) {
    const messages = languages[tag]
    if (messages !== undefined) return messages
  }
  return english
}

export type ArmErrorBody = { readonly error: { readonly code: string; readonly message: string } }

export function errorBody(refusal: Refusal, messages: Messages): ArmErrorBody {
  const text = messages[refusal.name] as (facts: object) => string
  return { error: { code: refusals[refusal.name].code, message: text(refusal.facts) } }
}
