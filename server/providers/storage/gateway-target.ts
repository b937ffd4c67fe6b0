/** What a request to the blob service is about, read from its method and URL alone. */
export type Target = {
  readonly account: string
  readonly container: string | null
  readonly blob: string | null
  /** As the client sent it, signature and all. */
  readonly path: string
  readonly query: URLSearchParams
  readonly comp: string | null
}

/**
 * Reads `/{account}/{container}/{blob}?query` exactly as the blob server behind will read it: a
 * request that the two could understand differently is no target. Null for those.
 */
export function parseTarget(url: string): Target | null {
  if (!plainUrl.test(url)) return null
  const mark = url.indexOf('?')
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  if (decisive.some((name) => query.getAll(name).length > 1)) return null
  const path = decode(mark < 0 ? url : url.slice(0, mark))
  if (path === null) return null
  const [account, container, ...blob] = path.slice(1).split('/')
  if (!account) return null
  return {
    account,
    container: container || null,
    blob: blob.join('/') || null,
    path: url,
    query,
    comp: query.get('comp'),
  }
}

/** Absolute, visible ASCII, and without the signs that URL parsers disagree about. */
const plainUrl = /^\/(?!\/)[!"$-[\]-~]*$/
/** Parameters that decide what a request does, or who may; each may be given once. */
const decisive = ['comp', 'restype', 'sig', 'sip', 'sp', 'se', 'snapshot']

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

/** Whether the request leaves everything as it is. What is not known to only read is a write. */
export function isRead(method: string, { comp }: Target): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true
  return method === 'POST' && (comp === 'query' || comp === 'userdelegationkey')
}

/** What a bearer of a token would do, in the words of Azure's roles. */
export type DataAction = {
  readonly verb: 'read' | 'write' | 'add' | 'delete'
  /** Any one of these actions is enough. */
  readonly anyOf: readonly string[]
  /** Whether roles list them under `dataActions`; else under `actions`. */
  readonly isData: boolean
  /** The permission letters of a SAS that allows this and no more. */
  readonly permissions: string
  readonly resourceTypes: string
}

const service = 'Microsoft.Storage/storageAccounts/blobServices'
const containers = `${service}/containers`
const blobs = `${containers}/blobs`

/** The action of a request, or null for those that a token cannot do. */
export function dataActionOf(method: string, target: Target): DataAction | null {
  if (target.comp === 'batch' || target.comp === 'userdelegationkey') return null
  if (target.container === null) return serviceAction(method, target)
  return target.blob === null ? containerAction(method, target) : blobAction(method, target)
}

function serviceAction(method: string, target: Target): DataAction {
  if (target.comp === 'list') return control('read', `${containers}/read`, 'l', 's')
  if (target.comp === 'blobs') return data('read', [`${blobs}/filter/action`], 'f', 'so')
  return isRead(method, target)
    ? control('read', `${service}/read`, 'r', 's')
    : control('write', `${service}/write`, 'w', 's')
}

function containerAction(method: string, target: Target): DataAction | null {
  const { comp } = target
  if (comp === 'list') return data('read', [`${blobs}/read`], 'l', 'c')
  if (comp === 'blobs') return data('read', [`${blobs}/filter/action`], 'f', 'c')
  // Access policies are a matter of the account's keys.
  if (comp === 'acl') return null
  if (isRead(method, target)) return control('read', `${containers}/read`, 'r', 'c')
  if (comp === 'lease') return control('write', `${containers}/lease/action`, 'w', 'c')
  return method === 'DELETE'
    ? control('delete', `${containers}/delete`, 'd', 'c')
    : control('write', `${containers}/write`, 'w', 'c')
}

function blobAction(method: string, target: Target): DataAction {
  const { comp } = target
  const reads = isRead(method, target)
  if (comp === 'tags') {
    return reads
      ? data('read', [`${blobs}/tags/read`], 't', 'o')
      : data('write', [`${blobs}/tags/write`], 't', 'o')
  }
  if (reads) return data('read', [`${blobs}/read`], 'r', 'o')
  if (method === 'DELETE') return data('delete', [`${blobs}/delete`], 'd', 'o')
  if (comp === 'appendblock') {
    return data('add', [`${blobs}/add/action`, `${blobs}/write`], 'a', 'o')
  }
  return data('write', [`${blobs}/write`], 'w', 'o')
}

function control(
  verb: DataAction['verb'],
  action: string,
  permissions: string,
  resourceTypes: string,
): DataAction {
  return { verb, anyOf: [action], isData: false, permissions, resourceTypes }
}

function data(
  verb: DataAction['verb'],
  anyOf: readonly string[],
  permissions: string,
  resourceTypes: string,
): DataAction {
  return { verb, anyOf, isData: true, permissions, resourceTypes }
}
