/** One request and its answer, as they went over the wire. */
export type Exchange = {
  readonly method: string
  /** Absolute, as it was sent. */
  readonly url: string
  /** Names in lower case, as are those of the answer. */
  readonly requestHeaders: { readonly [name: string]: string }
  /** Parsed; a text that is no JSON as it is; null for none. */
  readonly requestBody: unknown
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: unknown
}

/** What is wrong with an exchange. The operation is the swagger's, else a method and a path. */
export type Problem = {
  readonly operation: string
  readonly code: string
  /** Where in the request or the answer, such as `$.properties.state`. */
  readonly where: string
  readonly message: string
}

export type Target = {
  /** Decoded, with one leading slash and none at the end. */
  readonly path: string
  /** The same before it is decoded. */
  readonly rawPath: string
  readonly query: { readonly [name: string]: string }
}

/** What an exchange asked for, as a server reads it: clients send `//` and encode names. */
export function targetOf({ url }: Pick<Exchange, 'url'>): Target {
  const { pathname, searchParams } = new URL(url.replace(/^(https?:\/\/[^/]+)\/+/, '$1/'))
  const rawPath = pathname.replace(/(.)\/+$/, '$1')
  return { path: decode(rawPath), rawPath, query: Object.fromEntries(searchParams) }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
