import { Client, type ClientConfig } from 'pg'
import type { Random } from '../kernel/ids.ts'
import { type DatabaseLog, messageOf } from './connection.ts'
import { type Wakes, createWakes } from './wakes.ts'

/** All of our wakes travel on one channel of PostgreSQL's, as `<node> <channel>`. */
const notificationName = 'reprieve_wake'
const reconnectMs = 1_000

export type PostgresWakes = Wakes & { readonly close: () => Promise<void> }

/**
 * Carries wakes between nodes over a connection of its own, which comes back when it breaks. They
 * are sent after the commit, not inside of it: a transaction that holds a NOTIFY takes a lock that
 * makes all such commits of the whole server go one by one.
 */
export async function openPostgresWakes(
  config: ClientConfig,
  settings: { readonly random: Random; readonly log: DatabaseLog },
): Promise<PostgresWakes> {
  const local = createWakes(settings.log)
  const relay = new WakeRelay(config, settings, local)
  await relay.connect()
  return {
    ...local,
    deliver: (channels) => {
      local.deliver(channels)
      relay.send(channels)
    },
    close: () => relay.close(),
  }
}

class WakeRelay {
  readonly #config: ClientConfig
  readonly #log: DatabaseLog
  readonly #local: Wakes
  readonly #node: string
  /** What is to be sent. Many wakes of one channel in a short time are one. */
  readonly #unsent = new Set<string>()
  #client: Client | null = null
  #isSending = false
  #isClosed = false
  #reconnect: NodeJS.Timeout | undefined

  constructor(
    config: ClientConfig,
    settings: { readonly random: Random; readonly log: DatabaseLog },
    local: Wakes,
  ) {
    this.#config = config
    this.#log = settings.log
    this.#local = local
    this.#node = settings.random.uuid()
  }

  async connect(): Promise<void> {
    const client = new Client(this.#config)
    client.on('error', (error) => this.#lost(client, error))
    client.on('end', () => this.#lost(client, new Error('the server closed the connection')))
    client.on('notification', ({ payload = '' }) => this.#receive(payload))
    this.#client = client
    try {
      await client.connect()
      await client.query(`listen ${notificationName}`)
    } catch (error) {
      this.#lost(client, error)
      await client.end().catch(() => {})
      return
    }
    if (this.#isClosed) await client.end()
    // Whatever was sent while nobody listened here is made up for.
    else this.#local.deliverAll()
  }

  send(channels: ReadonlySet<string>): void {
    for (const channel of channels) this.#unsent.add(channel)
    if (!this.#isSending) void this.#sendAll()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#reconnect)
    const client = this.#client
    this.#client = null
    await client?.end()
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    try {
      while (this.#unsent.size > 0 && this.#client !== null) {
        const payloads = [...this.#unsent].map((channel) => `${this.#node} ${channel}`)
        this.#unsent.clear()
        await this.#client.query(
          `select pg_notify('${notificationName}', payload) from unnest($1::text[]) payload`,
          [payloads],
        )
      }
    } catch (error) {
      // A lost wake is allowed; the listeners of other nodes look from time to time.
      this.#log('wakeNotSent', { error: messageOf(error) })
    } finally {
      this.#unsent.clear()
      this.#isSending = false
    }
  }

  #receive(payload: string): void {
    const space = payload.indexOf(' ')
    if (payload.slice(0, space) === this.#node) return
    this.#local.deliver(new Set([payload.slice(space + 1)]))
  }

  #lost(client: Client, error: unknown): void {
    if (this.#client !== client) return
    this.#client = null
    if (this.#isClosed) return
    this.#log('wakeConnectionLost', { error: messageOf(error) })
    this.#reconnect = setTimeout(() => void this.connect(), reconnectMs)
    this.#reconnect.unref()
  }
}
