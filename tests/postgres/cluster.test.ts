import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { requires } from '../requirements.ts'
import { startCluster } from './cluster.ts'

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    const { rows } = await client.query("select current_setting('fsync') as fsync")
    return rows[0].fsync === 'on'
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

describe('a throw-away PostgreSQL server', requires('postgresql'), () => {
  test('survives kill -9 with the same address, and is gone without remains after stop', async () => {
    const cluster = await startCluster({ configuration: ['max_connections = 20'] })
    expect(existsSync(cluster.folder)).toBe(true)
    expect(await answers(cluster.url)).toBe(true)
    const pid = cluster.pid()
    await cluster.kill9()
    expect(await answers(cluster.url)).toBe(false)
    await cluster.restart()
    expect(await answers(cluster.url)).toBe(true)
    expect(cluster.pid()).not.toBe(pid)
    await cluster.stop()
    expect(await answers(cluster.url)).toBe(false)
    expect(existsSync(cluster.folder)).toBe(false)
  })

  test('ends with the run that started it, also when that is killed', async () => {
    const run = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = (await once(run.stdout.setEncoding('utf8'), 'data')) as [string]
    expect(await answers(url.trim())).toBe(true)
    run.kill('SIGKILL')
    await once(run, 'exit')
    while (await answers(url.trim()));
    expect(await answers(url.trim())).toBe(false)
  })
})
