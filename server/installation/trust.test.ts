import { expect, test } from 'vitest'
import { startText } from './trust.ts'

function textFor(host: string, publicUrl: string, testClocks = true): string {
  const urls = { publicUrl, publicBlobUrl: publicUrl, httpUrl: 'http://localhost:8080' }
  return startText({
    addresses: { ...urls, controlUrl: publicUrl, blobUrl: publicUrl },
    host,
    dataFolder: '/data',
    engine: 'pglite',
    testClocks,
    firstSignIn: null,
  })
}

test.each(['0.0.0.0', '::', '192.0.2.7'])(
  'a server on %s whose links lead to localhost says what others need',
  (host) => {
    const text = textFor(host, 'https://localhost:8443')
    expect(text).toContain(`It listens on ${host}, but its links lead to localhost`)
    expect(text).toContain('--public-url https://<name>:8443')
  },
)

test.each([
  ['127.0.0.1', 'https://localhost:8443'],
  ['0.0.0.0', 'https://cloud.example.org'],
])('a server on %s with links to %s needs no more', (host, publicUrl) => {
  expect(textFor(host, publicUrl)).not.toContain('It listens on')
})

test('the demonstration is offered only where it can run', () => {
  const demo = 'Next: npx reprieve demo\n'
  expect(textFor('127.0.0.1', 'https://localhost:8443')).toContain(demo)
  expect(textFor('127.0.0.1', 'https://localhost:8443', false)).not.toContain(demo)
})
