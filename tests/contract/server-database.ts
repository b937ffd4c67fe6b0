import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

const serverUrl = process.env['REPRIEVE_TEST_DATABASE'] ?? ''

/** An empty database for servers of one test file. */
export type ServerDatabase = { readonly url: string; readonly remove: () => Promise<void> }

/** On the PostgreSQL server under test; null where none is, and servers use the embedded engine. */
export async function makeServerDatabase(): Promise<ServerDatabase | null> {
  if (serverUrl === '') return null
  const name = `reprieve_story_${randomBytes(8).toString('hex')}`
  await onServer(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, remove: () => onServer(`drop database if exists ${name} with (force)`) }
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
