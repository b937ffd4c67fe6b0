import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as checkout from './launcher-fixture.ts'
import { findOlderNode, requires } from './requirements.ts'

const { described, ended, lockedVersion, older, project, start, whenItSays } = checkout
let folder: string
let command: string

beforeEach(async () => {
  folder = await checkout.makeCheckout()
  command = join(folder, 'bin', 'reprieve.js')
})

afterEach(() => checkout.removeCheckout(folder))

test('an older Node hands over to the locked one, with the same arguments and exit code', async () => {
  const { output, errors, exitCode } = await ended(
    start(older, command, ['exit', '3', '--x', 'a b', '']),
  )
  expect(described(output).version).toBe(lockedVersion)
  expect(described(output).rest).toEqual(['exit', '3', '--x', 'a b', ''])
  expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 3 })
})

test('a real older Node does so too', requires('olderNode'), async () => {
  const { output, errors, exitCode } = await ended(
    start([findOlderNode()!], command, ['exit', '4']),
  )
  expect(described(output).version).toBe(lockedVersion)
  expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 4 })
})

test('a Node that is new enough runs the program itself: no second process', async () => {
  const child = start([process.execPath], command, ['exit', '5'])
  const { output, exitCode } = await ended(child)
  expect(described(output).pid).toBe(child.pid)
  expect(exitCode).toBe(5)
})

test('works through a symbolic link from anywhere', async () => {
  const link = join(folder, 'linked')
  await symlink(command, link)
  const { output, exitCode } = await ended(start(older, link, ['exit', '0']))
  expect(described(output).version).toBe(lockedVersion)
  expect(exitCode).toBe(0)
})

test('installed as a package it runs what was built, with the Node installed beside it', async () => {
  const modules = join(folder, 'customer', 'node_modules')
  const installed = join(modules, 'reprieve')
  await mkdir(join(installed, 'dist', 'cli'), { recursive: true })
  await cp(join(folder, 'bin'), join(installed, 'bin'), { recursive: true })
  await cp(join(folder, 'cli'), join(installed, 'cli'), { recursive: true })
  await writeFile(join(installed, 'package.json'), '{"type":"module"}')
  await writeFile(
    join(installed, 'dist', 'cli', 'main.js'),
    `console.log('built', process.version)`,
  )
  await mkdir(join(modules, '.bin'))
  const locked = `node-${process.platform}-${process.arch}`
  await symlink(join(project, 'node_modules', locked), join(modules, locked))
  const installedCommand = join(modules, '.bin', 'reprieve')
  await symlink(join('..', 'reprieve', 'bin', 'reprieve.js'), installedCommand)

  const { output, exitCode } = await ended(start(older, installedCommand, []))
  expect(output).toBe(`built ${lockedVersion}\n`)
  expect(exitCode).toBe(0)
})

test('without a Node to run on it says so in one line, with the way on', async () => {
  await rm(join(folder, 'node_modules'))
  const { output, errors, exitCode } = await ended(start(older, command, ['exit', '0']))
  expect(errors).toMatch(/^reprieve: needs Node 24\.12 or newer; this is 20\.20\.2, .*\n$/)
  expect(errors).toContain('Install Node 24')
  expect({ output, exitCode }).toEqual({ output: '', exitCode: 1 })
})

test('signals reach the program, and its own end is passed back', async () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const child = start(older, command, ['serve', signal])
    const end = ended(child)
    await whenItSays(child, 'ready')
    child.kill(signal)
    expect(await end, signal).toMatchObject({ exitCode: 7, signal: null })
    expect((await end).output).toContain('drained')
  }
})

test('a program that dies of a signal makes the command die of it', async () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const end = await ended(start(older, command, ['die', signal]))
    expect(end, signal).toMatchObject({ exitCode: null, signal })
  }
})

test('the program ends when its launcher is killed outright', async () => {
  const child = start(older, command, ['serve'])
  const end = ended(child)
  const { pid } = described(await whenItSays(child, 'ready'))
  expect(pid).not.toBe(child.pid)
  child.kill('SIGKILL')
  // The output ends only when the program, which holds the other end of the pipe, is gone as well.
  expect((await end).output).toContain('drained')
})
