import type { Keys } from './azurite.ts'

/**
 * What the parent tells a blob server's process. Keys travel here only: never by arguments or
 * environment.
 */
export type ToChild =
  | OpenMessage
  | { readonly type: 'keys'; readonly request: number; readonly keys: Keys }
  | { readonly type: 'close' }

export type OpenMessage = {
  readonly type: 'open'
  readonly folder: string
  readonly account: { readonly name: string; readonly keys: Keys }
  /** What a request must carry in {@link passHeader} to be heard. */
  readonly pass: string
}

export type FromChild =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'keysSet'; readonly request: number }
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string }

export const exitCodes = { closed: 0, failed: 70, lockHeld: 75, parentGone: 76 }

export const passHeader = 'x-reprieve-pass'
