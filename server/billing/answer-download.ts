import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from '../../api/refusals.ts'
import { type Database, DatabaseUnavailable } from '../database/connection.ts'
import type { Schema } from '../database/schema.ts'
import { readDocument } from '../invoices/document-store.ts'
import { pdfOf } from '../invoices/read.http.ts'
import type { OperationResponse } from '../pipeline/operation.ts'
import type { Clock } from '../kernel/instant.ts'
import { downloadKey, downloadsPath, openDownload } from './download-link.ts'

export type DownloadAnswer = 'not a download' | 'answered' | Refusal

/** Answers a link to a PDF: no token, the link is signed and expires. */
export async function answerDownload(
  request: IncomingMessage,
  response: ServerResponse,
  parts: {
    readonly database: Database<Schema>
    readonly clock: Clock
    readonly masterKey: Uint8Array
  },
): Promise<DownloadAnswer> {
  const url = new URL((request.url ?? '/').replace(/^\/+/, '/'), 'http://localhost')
  if (!url.pathname.startsWith(`${downloadsPath}/`)) return 'not a download'
  const { database, clock, masterKey } = parts
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const asked = isRead ? openDownload(downloadKey(masterKey), url, clock.now()) : null
  if (asked === null) return refused
  try {
    const document = await readDocument(database.db, asked.tenantId, asked.name)
    if (document === null) return refused
    sendPdf(request, response, await pdfOf(database, document))
    return 'answered'
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    return { name: 'unavailable', facts: { reason: 'its database cannot be reached.' } }
  }
}

const refused: Refusal = { name: 'downloadRefused', facts: {} }

function sendPdf(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body }: OperationResponse,
): void {
  response.writeHead(status, {
    ...headers,
    'content-length': (body as Buffer).length,
    // A shared cache would keep it longer than the link works.
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
