import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TestClient, createTestClient } from './client.ts'

export type { TestClient } from './client.ts'

export type StartOptions = {
  /** `postgres://...`; default: the embedded database in the temporary folder. */
  readonly database?: string
  /** Keep data here, instead of in a temporary folder that is removed on close. */
  readonly dataFolder?: string
  /** Further command-line options of the server, such as `--effect-limit`. */
  readonly serverOptions?: readonly string[]
  /** What the server logs goes to this process' standard error from this level on. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** A server of one test suite's own. */
export type TestServer = {
  /** Give it to an SDK as `endpoint`, and as `authorityHost` of its credential. */
  readonly endpoint: string
  readonly httpEndpoint: string
  /** Path style: `<blobEndpoint>/<account>`. */
  readonly blobEndpoint: string
  /** The private CA in PEM: for `tlsOptions: { ca }`, or as file for NODE_EXTRA_CA_CERTS. */
  readonly ca: string
  readonly caFile: string
  readonly dataFolder: string
  /** The administrator of the first tenant. */
  readonly credential: {
    readonly tenantId: string
    readonly clientId: string
    readonly clientSecret: string
    readonly objectId: string
  }
  /** Where to create subscriptions that live on real time. */
  readonly billingScope: string
  /** A small client for what no SDK has: clocks, plans, lifecycles. */
  readonly client: TestClient
  readonly pid: number
  /** Ends the server at once, as a crash would; `restart` takes up its folder again. */
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<TestServer>
  /** Ends the server and removes what it made. */
  readonly close: () => Promise<void>
}

const launcher = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../bin/reprieve.js' : '../../bin/reprieve.js',
    import.meta.url,
  ),
)
const startLimitMs = 60_000
const lookAgainMs = 20

/**
 * Starts a server on free ports, as a process of its own on the Node that Reprieve is locked to:
 * fake timers, module mocks and the Node version of the suite do not reach it. It ends with the
 * suite.
 */
export async function start(options: StartOptions = {}): Promise<TestServer> {
  const temporary = options.dataFolder === undefined
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'reprieve-'))
  const earlier = readAddresses(dataFolder)
  const child = launch(dataFolder, options)
  try {
    await listening(child, dataFolder, earlier)
  } catch (error) {
    await ended(child, 'SIGKILL')
    if (temporary) rmSync(dataFolder, { recursive: true, force: true })
    throw error
  }
  const server = JSON.parse(readAddresses(dataFolder) ?? '') as Listening
  const facts = describe(server, dataFolder)
  const client = createTestClient(facts)
  return {
    ...facts,
    client,
    kill: async () => {
      process.kill(server.pid, 'SIGKILL')
      await ended(child, 'SIGKILL')
      rmSync(join(dataFolder, 'server.json'), { force: true })
    },
    restart: async () => {
      await client.close()
      await ended(child, 'SIGTERM')
      const again = await start({ ...options, dataFolder })
      if (!temporary) return again
      const close = async (): Promise<void> => {
        await again.close()
        rmSync(dataFolder, { recursive: true, force: true })
      }
      return { ...again, close }
    },
    close: async () => {
      await client.close()
      await ended(child, 'SIGTERM')
      if (temporary) rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

type Listening = {
  readonly pid: number
  readonly publicUrl: string
  readonly httpUrl: string
  readonly publicBlobUrl: string
}

function launch(dataFolder: string, options: StartOptions): ChildProcess {
  const cache = join(tmpdir(), `reprieve-templates-${userInfo().username}`)
  const line = ['serve', '--data', dataFolder, '--template-cache', cache, '--until-input-ends']
  for (const port of ['--http-port', '--https-port', '--blob-port']) line.push(port, '0')
  line.push('--log-level', options.logLevel ?? 'error')
  if (options.database !== undefined) line.push('--database', options.database)
  line.push(...(options.serverOptions ?? []))
  // Its input is a pipe of ours: the kernel closes it however this process ends.
  return spawn(process.execPath, [launcher, ...line], { stdio: ['pipe', 'ignore', 'inherit'] })
}

/** What the server in a data folder wrote once it answered; null where there is none. */
function readAddresses(dataFolder: string): string | null {
  const path = join(dataFolder, 'server.json')
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

/** Waits for addresses that were not there before: those may be a killed server's, or another's. */
async function listening(
  child: ChildProcess,
  dataFolder: string,
  earlier: string | null,
): Promise<void> {
  const isReady = (): boolean => ![null, earlier].includes(readAddresses(dataFolder))
  for (let waitedMs = 0; !isReady(); waitedMs += lookAgainMs) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`reprieve ended before it was ready: ${child.exitCode ?? child.signalCode}`)
    }
    if (waitedMs > startLimitMs) throw new Error(`reprieve was not ready in ${startLimitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}

async function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exit
}

function describe(
  server: Listening,
  dataFolder: string,
): Omit<TestServer, 'client' | 'kill' | 'restart' | 'close'> {
  const caFile = join(dataFolder, 'ca.pem')
  const ca = readFileSync(caFile, 'utf8')
  const { billingScope, ...signIn } = readSignIn(dataFolder)
  const credential = {
    tenantId: signIn.tenantId,
    clientId: signIn.clientId,
    clientSecret: signIn.clientSecret,
    objectId: signIn.objectId,
  }
  return {
    endpoint: server.publicUrl,
    httpEndpoint: server.httpUrl,
    blobEndpoint: server.publicBlobUrl,
    ca,
    caFile,
    dataFolder,
    credential,
    billingScope,
    pid: server.pid,
  }
}

type SignIn = TestServer['credential'] & { readonly billingScope: string }

/** A second node on a database that another one has set up writes none. */
function readSignIn(dataFolder: string): SignIn {
  const path = join(dataFolder, 'first-sign-in.json')
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as SignIn
  return { tenantId: '', clientId: '', clientSecret: '', objectId: '', billingScope: '' }
}
