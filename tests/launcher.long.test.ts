import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  ended,
  makeCheckout,
  older,
  removeCheckout,
  start,
  whenItSays,
} from './launcher-fixture.ts'

test('a program that does not heed the request is ended all the same', async () => {
  const folder = await makeCheckout()
  const command = join(folder, 'bin', 'reprieve.js')
  const child = start(older, command, ['stubborn'])
  const end = ended(child)
  await whenItSays(child, 'ready')
  child.kill('SIGKILL')
  // The output ends only when the program, which holds the other end of the pipe, is gone.
  expect((await end).output).toContain('no')
  await removeCheckout(folder)
})
