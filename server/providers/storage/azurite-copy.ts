import type { loadAzurite } from './azurite-modules.ts'

/** Answers the status of a GET on this very server. */
export type ReadOwn = (pathAndQuery: string) => Promise<number>

type Context = {
  readonly contextId: string
  readonly context: { readonly account: string }
  readonly request: { readonly getHeader: (name: string) => string | undefined }
}

type CopyNow = (
  this: unknown,
  source: string,
  options: unknown,
  context: Context,
) => Promise<unknown>

/**
 * A copy names its source by URL, and Azurite would fetch it to see whether it may be read: a way
 * for a customer to make this host call any address. Instead only this account's own blobs can be
 * a source, and whether they may be read is asked of this very server, without leaving it.
 */
export function guardCopySource(
  { BlobHandler, errors }: Pick<ReturnType<typeof loadAzurite>, 'BlobHandler' | 'errors'>,
  readOwn: ReadOwn,
): void {
  const refusal = (context: Context, status: number, message: string): Error => {
    const make = errors['getCannotVerifyCopySource']
    if (make === undefined) throw new Error('Azurite has no CannotVerifyCopySource')
    return make(context.contextId, status, message)
  }
  // A copy that is done when it answers checks no signature of a source in its own account.
  const copyNow = BlobHandler.prototype['copyFromURL'] as CopyNow
  BlobHandler.prototype['copyFromURL'] = async function (copySource, options, context) {
    const source = URL.parse(copySource)
    if (source?.searchParams.has('sig') === true) {
      await verify(copySource, decodeURIComponent(source.pathname).split('/')[1] ?? '', context)
    }
    return copyNow.call(this, copySource, options, context)
  } satisfies CopyNow
  const verify = async (
    copySource: string,
    sourceAccount: string,
    context: Context,
  ): Promise<void> => {
    const source = new URL(copySource)
    const ours = source.host === context.request.getHeader('Host')
    if (!ours || sourceAccount !== context.context.account) {
      throw refusal(context, 404, elsewhere)
    }
    const join = source.search === '' ? '?' : '&'
    const status = await readOwn(`${source.pathname}${source.search}${join}comp=metadata`)
    if (status === 404) throw refusal(context, 404, 'The specified resource does not exist.')
    if (status !== 200) throw refusal(context, 403, 'The copy source may not be read.')
  }
  BlobHandler.prototype['validateCopySource'] = verify
}

const elsewhere =
  'A copy within the service needs its source in the same storage account. ' +
  'Copy through a client instead: download and upload.'
