import { expect, test } from 'vitest'
import {
  type FieldProblem,
  type Messages,
  type NameRule,
  type RefusalFacts,
  type RefusalName,
  refusals,
  type WhoMay,
} from '../refusals.ts'
import { english } from './en.ts'
import { french } from './fr.ts'
import { chinese } from './zh.ts'

const languages: readonly (readonly [string, Messages])[] = [
  ['en', english],
  ['fr', french],
  ['zh', chinese],
]

const problems: readonly FieldProblem[] = [
  { kind: 'required' },
  { kind: 'type', expected: '<expected>' },
  { kind: 'unknown' },
  { kind: 'oneOf', values: ['<one>', '<other>'] },
  { kind: 'pattern', pattern: '<pattern>' },
  { kind: 'length', min: 701, max: 702 },
  { kind: 'range', min: 703, max: 704 },
  { kind: 'instant' },
  { kind: 'instantBetween', earliest: '703', latest: '704' },
  { kind: 'duration' },
  { kind: 'mismatch', expected: '<mismatch>' },
  { kind: 'count', max: 705 },
  { kind: 'price' },
  { kind: 'duplicate', of: '<other field>' },
  { kind: 'invalid' },
]
const rules: readonly NameRule[] = ['resourceGroup', 'resource', 'reprieve', 'alias', 'tag']
const acts: readonly WhoMay['act'][] = ['cancel', 'reactivate', 'delete', 'upgrade']

function who(act: WhoMay['act'], by: WhoMay['by']): WhoMay {
  return { act, by, objectId: '<holder>', action: '<custom action>' }
}

const lists = [
  'supported',
  'accepted',
  'roles',
  'known',
  'allowed',
  'accounts',
  'resources',
  'priceLists',
]

/** Facts for any text, each recognisable in it; remembers which of them the text asked for. */
function recordingFacts(asked: Set<string>): Record<string, unknown> {
  return new Proxy<Record<string, unknown>>(
    {},
    {
      get: (_target, key) => {
        const name = String(key)
        asked.add(name)
        if (name === 'suspensions') return [{ reason: '<reason>', since: '<since>' }]
        if (name === 'problem') return { kind: 'mismatch', expected: '<problem>' }
        if (name === 'rule') return 'tag'
        // Payments and credit notes: each has a text of its own, tested below.
        if (name === 'why') return 'tooMuch'
        if (name === 'who' || name === 'wayBack') return who('cancel', 'accountAdministrator')
        return lists.includes(name) || name === 'assignableScopes' ? [`<${name}>`] : `<${name}>`
      },
    },
  )
}

function render(messages: Messages, name: RefusalName): { text: string; asked: string[] } {
  const asked = new Set<string>()
  const text = (messages[name] as (facts: object) => string)(recordingFacts(asked))
  return { text, asked: [...asked].toSorted() }
}

const names = Object.keys(refusals) as RefusalName[]

test.each(languages)('every refusal has a text in %s that says what it knows', (_tag, messages) => {
  for (const name of names) {
    const { text, asked } = render(messages, name)
    expect(text.length, name).toBeGreaterThan(8)
    expect(text, name).not.toMatch(/undefined|null|\[object|\$\{| {2}/)
    const inEnglish = render(english, name)
    expect(asked, `${name} tells the same facts as in English`).toEqual(inEnglish.asked)
    const facts = (inEnglish.text.match(/<[a-zA-Z ]+>/g) ?? []).filter((fact) => fact !== '<token>')
    for (const fact of facts) expect(text).toContain(fact)
  }
})

test('every text ends like a sentence, or with a fact that was handed to it', () => {
  for (const [tag, messages] of languages) {
    for (const name of names) expect(`${tag} ${render(messages, name).text}`).toMatch(/[.。>]$/)
  }
})

test('no language was left in English, except for what the API itself is written in', () => {
  for (const name of names) {
    const texts = languages.map(([, messages]) => render(messages, name).text)
    expect(new Set(texts).size, name).toBe(languages.length)
    expect(texts[2], name).toMatch(/\p{Script=Han}/u)
  }
})

test('every problem of a field and every rule of a name is worded in every language', () => {
  const worded = (messages: Messages): string[] => [
    ...problems.map((problem) => messages.invalidParameter({ parameter: '<field>', problem })),
    ...rules.map((rule) => messages.invalidName({ field: '<field>', name: '<name>', rule })),
  ]
  for (const [tag, messages] of languages) {
    const texts = worded(messages)
    expect(texts.every((text) => text.includes('<field>'))).toBe(true)
    // A tag's rule is worded as a resource's, but not alike; only an alias and a name may agree.
    expect(new Set(texts).size, tag).toBeGreaterThanOrEqual(problems.length + rules.length - 1)
    const all = texts.join('\n')
    for (const fact of [
      '<expected>',
      '<one>',
      '<other>',
      '<pattern>',
      '<mismatch>',
      '<other field>',
    ]) {
      expect(all).toContain(fact)
    }
    for (const figure of [701, 702, 703, 704, 705]) expect(all).toContain(String(figure))
  }
})

test('a refusal of a reserved act names the act, who may, and the action of a custom role', () => {
  const facts = { client: 'c', objectId: 'o', action: 'a', scope: 's', offer: '<offer>' }
  for (const [, messages] of languages) {
    const say = (whoMay: WhoMay): string =>
      messages.lifecycleActForbidden({ ...facts, who: whoMay })
    const texts = acts.flatMap((act) => [
      say(who(act, 'accountAdministrator')),
      say(who(act, 'owners')),
      say(who(act, 'supportEngineers')),
    ])
    expect(new Set(texts).size).toBe(12)
    expect(texts.filter((text) => text.includes('<holder>'))).toHaveLength(4)
    expect(texts.filter((text) => text.includes('<custom action>'))).toHaveLength(8)
  }
})

test('texts use the words that customers know from Azure in their language', () => {
  const offer: RefusalFacts['readOnlySubscription'] = {
    subscriptionId: 's',
    suspensions: [],
    until: 'u',
    wayBack: who('reactivate', 'accountAdministrator'),
  }
  expect(french.readOnlySubscription(offer)).toContain("l'administrateur de compte")
  expect(french.readOnlySubscription(offer)).toContain('réactiver')
  expect(french.notCancelled({ subscriptionId: 's' })).toContain('annulé')
  expect(chinese.readOnlySubscription(offer)).toContain('帐户管理员')
  expect(chinese.readOnlySubscription(offer)).toContain('重新激活')
  expect(chinese.resourcesExist({ subscriptionId: 's', resources: [], count: 2 })).toContain(
    '取消订阅',
  )
})

const whyNot = {
  paymentRefused: [
    'notAnInvoice',
    'void',
    'currency',
    'notPositive',
    'otherAmount',
    'paid',
    'tooMuch',
  ],
  creditRefused: ['notAnInvoice', 'void', 'hasPayments', 'notPositive', 'line', 'tooMuch'],
} as const

test.each(languages)(
  'every reason to refuse a payment or a credit note has its text in %s',
  (_tag, messages) => {
    for (const [name, reasons] of Object.entries(whyNot)) {
      const texts = reasons.map((why) =>
        (messages[name as RefusalName] as (facts: object) => string)({
          invoice: '<invoice>',
          actual: '<actual>',
          why,
        }),
      )
      expect(new Set(texts).size).toBe(reasons.length)
      for (const text of texts) expect(text).toMatch(/^[^_]{9,}[.。]$/u)
    }
  },
)
