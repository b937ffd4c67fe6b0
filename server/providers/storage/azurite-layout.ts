/**
 * Names inside an account's folder. Two databases: no write of one store may join another's
 * transaction.
 */
export const layout = { blobs: 'blobs.sqlite', extents: 'extents.sqlite', bytes: 'extents' }
