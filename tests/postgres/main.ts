import { once } from 'node:events'
import { startCluster } from './cluster.ts'

/**
 * `node tests/postgres/main.ts`: a throw-away PostgreSQL server, whose address it prints, until it
 * is interrupted. For trying one test again and again with REPRIEVE_TEST_DATABASE set to it.
 */
const cluster = await startCluster()
process.stdout.write(`${cluster.url}\n`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await cluster.stop()
