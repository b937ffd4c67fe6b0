import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ask, createProgressLine, isAttended } from './terminal.ts'

function terminal(options: { readonly isTTY: boolean; readonly typed?: string }) {
  const input = Object.assign(new PassThrough(), { isTTY: options.isTTY })
  const errors = Object.assign(new PassThrough(), { isTTY: options.isTTY, columns: 20 })
  if (options.typed !== undefined) input.end(options.typed)
  return { input, output: new PassThrough(), errors }
}

function written(stream: PassThrough): string {
  return String(stream.read() ?? '')
}

test('an answer is what was typed, without the spaces around it', async () => {
  expect(await ask(terminal({ isTTY: true, typed: '  Demo shop \n' }), 'Name? ')).toBe('Demo shop')
})

test('whoever closes the input has said nothing', async () => {
  expect(await ask(terminal({ isTTY: true, typed: '' }), 'Sure? ')).toBe('')
})

test('a question goes beside the output, never into it', async () => {
  const asked = terminal({ isTTY: true, typed: 'y\n' })
  await ask(asked, 'Sure? ')
  expect(written(asked.output)).toBe('')
  expect(written(asked.errors)).toContain('Sure? ')
})

test('somebody can be asked only where he can both read and type', () => {
  const there = terminal({ isTTY: true })
  const away = terminal({ isTTY: false })
  expect(isAttended(there)).toBe(true)
  expect(isAttended({ ...there, input: away.input })).toBe(false)
  expect(isAttended({ ...there, errors: away.errors })).toBe(false)
})

test('progress is one line that fits, and leaves nothing behind', () => {
  const shown = terminal({ isTTY: true })
  const line = createProgressLine(shown)
  line.show('小茶馆'.repeat(10))
  expect(written(shown.errors)).toBe('\r\u001b[K小茶馆小茶馆小茶馆')
  line.clear()
  line.clear()
  expect(written(shown.errors)).toBe('\r\u001b[K')
})

test('where there is no terminal, no progress is written', () => {
  const shown = terminal({ isTTY: false })
  const line = createProgressLine(shown)
  line.show('half')
  line.clear()
  expect(written(shown.errors)).toBe('')
})
