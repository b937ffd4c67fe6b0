import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { instant } from '../kernel/instant.ts'
import { StartRefused } from './connection.ts'
import { lockFolder } from './folder-lock.ts'

const startedAt = instant(Date.parse('2026-11-01T00:00:00Z'))
const holderProgram = join(import.meta.dirname, 'testing', 'lock-holder.main.ts')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder is locked once, also within one process, until it is released', () => {
  const first = lockFolder(folder, startedAt)
  expect(() => lockFolder(folder, startedAt)).toThrow(StartRefused)
  expect(() => lockFolder(folder, startedAt)).toThrow(
    `${folder} is in use by process ${process.pid} on ${hostname()}, started 2026-11-01T00:00:00`,
  )
  first.release()
  lockFolder(folder, startedAt).release()
})

test("another process's lock is respected, names it, and ends with kill -9", async () => {
  const holder = spawn(process.execPath, [holderProgram, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    await once(holder.stdout, 'data')
    expect(() => lockFolder(folder, startedAt)).toThrow(
      `in use by process ${holder.pid} on ${hostname()}, started 2026-11-02T03:04:05.000Z. ` +
        'Stop that process first',
    )
  } finally {
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  }
  lockFolder(folder, startedAt).release()
})
