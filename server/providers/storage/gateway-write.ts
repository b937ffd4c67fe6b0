import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { AccountView } from './gateway-options.ts'
import { type StorageError, storageErrors } from './gateway-errors.ts'
import type { GateState, Write, WriteGate } from './gateway-gate.ts'
import type { Target } from './gateway-target.ts'
import { answerOf, ClientGone, sendAnswer, UpstreamError } from './gateway-upstream.ts'

type Relay = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly account: AccountView
  readonly target: Target
  readonly gate: WriteGate
  readonly expectsContinue: boolean
  readonly openUpstream: () => ClientRequest
  readonly refuse: (error: StorageError) => void
}

/** Bodies up to this size are read before the gate is; it is read once for them. */
const smallBodyBytes = 64 * 1024
/** What the server behind reads as one text (block lists, policies, tags, batches). */
const textBodyLimitBytes = 16 * 1024 * 1024
const textBodies = new Set(['blocklist', 'acl', 'tags', 'properties', 'batch', 'query'])

/**
 * Sends a write on, but for its end: the last bytes stay here until the gate has been read, and a
 * request that is not whole is never carried out. So a write is refused whole, or it was let in by
 * a gate that was open, and is then answered within the gate's time or not at all.
 */
export async function relayWrite(relay: Relay): Promise<void> {
  const { request, response, account, gate, refuse } = relay
  const length = bodyLength(request)
  if (length === null) return refuse(storageErrors.lengthRequired)
  if (textBodies.has(relay.target.comp ?? '') && length > textBodyLimitBytes) {
    return refuse(storageErrors.bodyTooLarge)
  }
  if (length > smallBodyBytes || relay.expectsContinue) {
    const early = await gate.look(account)
    if (early !== 'open') return refuse(refusalOf(early))
  }
  if (relay.expectsContinue) response.writeContinue()

  const write = new HeldWrite(relay, length)
  gate.join(write)
  try {
    if ((await write.received) === 'ended') return
    const state = await gate.enter(write)
    if (write.ended) return
    if (state === 'open') await write.commit()
    else write.end(refusalOf(state))
  } finally {
    write.stop()
    gate.leave(write)
  }
}

export function refusalOf(state: GateState): StorageError {
  return state === 'gone' ? storageErrors.notFound : storageErrors.readOnly
}

/** Null when the client does not say: without it, a body that breaks off looks whole. */
function bodyLength({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined) return null
  return Number(headers['content-length'] ?? 0)
}

/** A write whose body passes through except for its last bytes. */
class HeldWrite implements Write {
  readonly account: AccountView
  /**
   * `whole` when only the held bytes are left to send; `ended` when it was answered before that.
   */
  readonly received: Promise<'whole' | 'ended'>
  readonly #relay: Relay
  #upstream: ClientRequest | null = null
  #answer: Promise<IncomingMessage> | null = null
  #held: Buffer | null = null
  #left: number
  #ended = false
  #committing = false
  #onEnd: (outcome: 'whole' | 'ended') => void = () => undefined
  #onFailure: (error: unknown) => void = () => undefined

  constructor(relay: Relay, length: number) {
    this.#relay = relay
    this.account = relay.account
    this.#left = length
    this.received = new Promise((resolve, reject) => {
      this.#onEnd = resolve
      this.#onFailure = reject
    })
    relay.response.once('close', this.#clientClosed)
    if (length === 0) this.#onEnd('whole')
    else relay.request.on('data', this.#take)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Sends what was held back, and hands the answer on. */
  async commit(): Promise<void> {
    const upstream = this.#open()
    this.#committing = true
    upstream.end(this.#held ?? undefined)
    const answer = await (this.#answer ?? answerOf(upstream))
    if (this.#ended) throw new ClientGone()
    await sendAnswer(answer, this.#relay.request, this.#relay.response)
    // Its connection may serve another request by now.
    this.#upstream = null
  }

  /** Refuses it: the server behind never gets the rest, the client gets `error`. */
  end(error: StorageError): void {
    if (this.#ended) return
    this.#ended = true
    this.stop()
    this.#relay.refuse(error)
    this.#onEnd('ended')
  }

  refuse(): void {
    this.end(storageErrors.readOnly)
  }

  abandon(): void {
    this.#ended = true
    this.#upstream?.destroy()
    this.#relay.request.socket.destroy()
  }

  /** Lets go of everything: what was not committed is broken off. */
  stop(): void {
    this.#relay.request.off('data', this.#take)
    this.#relay.response.off('close', this.#clientClosed)
    this.#upstream?.destroy()
    this.#upstream = null
  }

  readonly #clientClosed = (): void => {
    this.#ended = true
    // A write that was sent on is carried out without its client too; only its answer tells when
    // that is over, so it is waited for.
    if (!this.#committing) this.#upstream?.destroy()
    this.#onFailure(new ClientGone())
  }

  readonly #take = (chunk: Buffer): void => {
    const { request } = this.#relay
    this.#left -= chunk.length
    if (this.#left <= 0) {
      request.off('data', this.#take)
      this.#held = chunk
      this.#onEnd('whole')
      return
    }
    const upstream = this.#open()
    if (upstream.write(chunk)) return
    request.pause()
    upstream.once('drain', () => request.resume())
  }

  #open(): ClientRequest {
    if (this.#upstream !== null) return this.#upstream
    const upstream = this.#relay.openUpstream()
    this.#upstream = upstream
    this.#answer = answerOf(upstream)
    this.#answer.then(
      (answer) => this.#answeredEarly(answer),
      (error: unknown) => this.#onFailure(error),
    )
    return upstream
  }

  /**
   * An answer before the end of the body is a refusal by the server behind: no key, no container.
   */
  #answeredEarly(answer: IncomingMessage): void {
    if (this.#ended || this.#held !== null || this.#left <= 0) return
    this.#ended = true
    const { request, response } = this.#relay
    request.off('data', this.#take)
    if ((answer.statusCode ?? 0) < 400) {
      this.#onFailure(new UpstreamError('answered a write that it had only half of'))
      return
    }
    sendAnswer(answer, request, response).then(
      () => this.#onEnd('ended'),
      (error: unknown) => this.#onFailure(error),
    )
  }
}
