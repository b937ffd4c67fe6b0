import {
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http'
import { BlobServerError } from './blob-server-error.ts'
import { passHeader } from './blob-server-messages.ts'
import type { Origin } from './blob-server-process.ts'
import { admitsAddress } from './gateway-address.ts'
import { answerError, type StorageError, storageErrors } from './gateway-errors.ts'
import type { WriteGate } from './gateway-gate.ts'
import { requestHeaders } from './gateway-headers.ts'
import type { AccountView, GatewayOptions } from './gateway-options.ts'
import { passOn, readPassedOn } from './gateway-pass-on.ts'
import { dataActionOf, isRead, parseTarget, type Target } from './gateway-target.ts'
import { bearerOf, signPath } from './gateway-token.ts'
import { ClientGone, relayRead, UpstreamError } from './gateway-upstream.ts'
import { relayWrite } from './gateway-write.ts'

type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly expectsContinue: boolean
}

/** One request, from its first look to the end of its answer. */
export class Call {
  readonly #options: GatewayOptions
  readonly #gate: WriteGate
  readonly #exchange: Exchange
  readonly #requestId: string

  constructor(options: GatewayOptions, gate: WriteGate, exchange: Exchange) {
    this.#options = options
    this.#gate = gate
    this.#exchange = exchange
    this.#requestId = options.random.uuid()
  }

  async run(): Promise<void> {
    const { request, response } = this.#exchange
    // A client that resets its connection is no failure of ours.
    request.on('error', () => response.destroy())
    response.on('error', () => response.destroy())
    try {
      await this.#serve()
    } catch (error) {
      this.#fail(error)
    }
  }

  async #serve(): Promise<void> {
    const { request } = this.#exchange
    const { findAccount, thisHostId, passOnKey, clock } = this.#options
    const target = parseTarget(request.url ?? '')
    if (target === null) return this.#refuse(storageErrors.invalidUri)
    const account = await findAccount(target.account)
    if (account === null) return this.#refuse(storageErrors.notFound)
    const passedOn = readPassedOn(request, passOnKey, clock.now())
    const clientAddress = passedOn?.clientAddress ?? request.socket.remoteAddress ?? ''
    if (account.hostId !== thisHostId) {
      if (passedOn !== null) return this.#refuse(storageErrors.serverBusy)
      return this.#passOn(account, clientAddress)
    }
    const path = await this.#authorize(target, account, clientAddress)
    if (path !== null) await this.#relay(target, account, path)
  }

  async #passOn(account: AccountView, clientAddress: string): Promise<void> {
    const { hostUrl, hostAgent, passOnKey, clock } = this.#options
    const url = await hostUrl(account.hostId)
    if (url === null) return this.#refuse(storageErrors.serverBusy)
    const { request, response } = this.#exchange
    const now = clock.now()
    const key = passOnKey
    await passOn({ request, response, hostUrl: url, agent: hostAgent, key, clientAddress, now })
  }

  /**
   * Checks what the server behind does not. Answers the path to ask it for, or null when the
   * request has been refused. Keys and signatures are left to it.
   */
  async #authorize(
    target: Target,
    account: AccountView,
    clientAddress: string,
  ): Promise<string | null> {
    const { request } = this.#exchange
    const signed = target.query.has('sig')
    const { authorization } = request.headers
    const refuse = (error: StorageError): null => {
      this.#refuse(error)
      return null
    }
    if (signed && authorization !== undefined) return refuse(storageErrors.mixedCredentials)
    const bearer = bearerOf(authorization)
    if (bearer !== null) return this.#authorizeBearer(bearer, target, account)
    const sip = target.query.get('sip')
    if (signed && sip !== null && !admitsAddress(sip, clientAddress)) {
      return refuse(storageErrors.wrongAddress)
    }
    // The server behind would let any signature for the target copy anything of the same account.
    const source = copySource(request)
    if (signed && source !== null && URL.parse(source)?.searchParams.has('sig') !== true) {
      return refuse(storageErrors.copySourceUnsigned)
    }
    const anonymous = !signed && authorization === undefined && request.method !== 'OPTIONS'
    if (anonymous && account.allowBlobPublicAccess !== true) {
      return refuse(storageErrors.noPublicAccess)
    }
    return target.path
  }

  async #authorizeBearer(
    bearer: string,
    target: Target,
    account: AccountView,
  ): Promise<string | null> {
    const { request } = this.#exchange
    const { authorizeToken, clock, tokenChallenge } = this.#options
    const action = dataActionOf(request.method ?? '', target)
    const wanted = [action]
    // Who copies reads the source as well.
    if (copySource(request) !== null) wanted.push(dataActionOf('GET', { ...target, comp: null }))
    for (const one of wanted) {
      if (one === null) {
        this.#refuse(storageErrors.notByToken)
        return null
      }
      const answer = await authorizeToken(bearer, account, one)
      if (answer === 'allow') continue
      const challenge = { 'www-authenticate': tokenChallenge }
      this.#refuse(
        answer === 'deny'
          ? storageErrors.notPermitted
          : { ...storageErrors.invalidToken, headers: challenge },
      )
      return null
    }
    return action === null ? null : signPath(target.path, account, action, clock.now())
  }

  async #relay(target: Target, account: AccountView, path: string): Promise<void> {
    const { request, response, expectsContinue } = this.#exchange
    await this.#options.servers.use(account, async (origin) => {
      const openUpstream = (): ClientRequest => this.#open(origin, path)
      if (!isRead(request.method ?? '', target)) {
        const refuse = (error: StorageError): void => this.#refuse(error)
        const gate = this.#gate
        return relayWrite({
          request,
          response,
          account,
          target,
          gate,
          expectsContinue,
          openUpstream,
          refuse,
        })
      }
      if (expectsContinue) response.writeContinue()
      return relayRead(request, response, openUpstream())
    })
  }

  #open({ port, pass, agent }: Origin, path: string): ClientRequest {
    const { request } = this.#exchange
    const publicUrl = new URL(this.#options.publicUrl)
    const headers = {
      ...requestHeaders(request),
      host: publicUrl.host,
      'x-forwarded-proto': publicUrl.protocol.slice(0, -1),
      [passHeader]: pass,
    }
    if (bearerOf(request.headers.authorization) !== null) delete headers['authorization']
    const { method } = request
    return requestHttp({ host: '127.0.0.1', port, agent, method, path, headers })
  }

  #refuse(error: StorageError): void {
    const { request, response } = this.#exchange
    const now = this.#options.clock.now()
    answerError({ request, response, requestId: this.#requestId, now }, error)
  }

  #fail(error: unknown): void {
    const { response } = this.#exchange
    // Nobody is there to answer, and nothing of ours went wrong.
    if (error instanceof ClientGone || response.destroyed) {
      response.destroy()
      return
    }
    const { code, answer } = describeFailure(error)
    this.#options.log(code, { requestId: this.#requestId, cause: String(error) })
    this.#refuse(answer)
  }
}

function copySource({ headers }: IncomingMessage): string | null {
  const source = headers['x-ms-copy-source']
  return source === undefined ? null : String(source)
}

function describeFailure(error: unknown): { code: string; answer: StorageError } {
  if (error instanceof UpstreamError) {
    return { code: 'storage server broke off', answer: storageErrors.serverBusy }
  }
  if (error instanceof BlobServerError) {
    const gone = error.problem === 'Gone'
    return {
      code: 'storage server not available',
      answer: gone ? storageErrors.notFound : storageErrors.serverBusy,
    }
  }
  return { code: 'storage gateway failed', answer: storageErrors.internal }
}
