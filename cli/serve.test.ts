import { Command } from 'commander'
import { expect, test } from 'vitest'
import { registerServe } from './serve.ts'

/** What a start that is refused writes; none of these gets as far as a server. */
async function refused(...line: readonly string[]): Promise<string> {
  let written = ''
  const program = new Command('reprieve').exitOverride()
  program.configureOutput({ writeErr: (text) => (written += text) })
  registerServe(program)
  await expect(program.parseAsync(['serve', ...line], { from: 'user' })).rejects.toThrow()
  return written
}

test.each(['nonsense', 'mysql://user:hunter2@host/db', '', 'localhost:5432'])(
  'a database at %j is refused with the form of an address, and without what was given',
  async (database) => {
    const text = await refused('--database', database)
    expect(text).toMatch(/--database <url>.*REPRIEVE_DATABASE.*postgres:\/\/<user>/)
    expect(text).not.toContain('hunter2')
  },
)

test('a port that is none is refused, naming its option and its range', async () => {
  expect(await refused('--https-port', '70000')).toMatch(/--https-port.*0 to 65535/)
})
