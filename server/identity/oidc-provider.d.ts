/** The few parts of the library that are used here; it ships no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export type KoaContext = {
    readonly req: object
    status: number
    body: unknown
    readonly oidc?: { readonly params?: Readonly<Record<string, unknown>> }
  }

  export type ResourceServer = {
    readonly scope: string
    readonly audience: string
    readonly accessTokenTTL: number
    readonly accessTokenFormat: 'jwt'
    readonly jwt: { readonly sign: { readonly alg: string; readonly kid: string } }
  }

  export type StructuredToken = { payload: Record<string, unknown> }

  export type Adapter = {
    readonly find: (id: string) => Promise<object | undefined>
    readonly upsert: (id: string) => Promise<void>
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    static readonly ctx: KoaContext | undefined
    readonly Client: {
      readonly prototype: { compareClientSecret: (presented: string) => Promise<boolean> }
    }
    use(middleware: (ctx: KoaContext, next: () => Promise<void>) => Promise<void>): this
    on(event: string, listener: (...values: readonly unknown[]) => void): this
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
  }

  export const errors: {
    readonly InvalidClientAuth: new (detail: string) => Error
    readonly InvalidTarget: new (description: string) => Error
  }
}
