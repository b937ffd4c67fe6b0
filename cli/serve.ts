import { type Command, InvalidArgumentError, Option } from 'commander'

/** Every setting of the server: an option, an environment variable and a default for each. */
export function registerServe(program: Command): void {
  const serve = program
    .command('serve')
    .description('Runs the server: API, sign-in and blobs')
    .action(run)
  addPlaces(serve)
  addLimits(serve)
}

/** Where things are kept, and where the server is reached. */
function addPlaces(serve: Command): void {
  serve
    .addOption(setting('--data <folder>', 'where everything is kept', 'DATA').default('./data'))
    .addOption(port('--http-port <port>', 'API for a browser on this machine', 'HTTP_PORT', 8080))
    .addOption(port('--https-port <port>', 'API and sign-in for all clients', 'HTTPS_PORT', 8443))
    .addOption(port('--blob-port <port>', 'blobs, over https', 'BLOB_PORT', 8444))
    .addOption(setting('--host <address>', 'address to listen on', 'HOST').default('127.0.0.1'))
    .addOption(
      setting(
        '--public-url <origin>',
        'origin that every link is built from (default: https://localhost:<https port>)',
        'PUBLIC_URL',
      ).argParser(origin),
    )
    .addOption(
      setting(
        '--public-blob-url <origin>',
        "origin of blobs (default: the public URL's host with the blob port)",
        'PUBLIC_BLOB_URL',
      ).argParser(origin),
    )
    .addOption(setting('--tls-cert <file>', 'certificate in PEM, instead of our own', 'TLS_CERT'))
    .addOption(setting('--tls-key <file>', 'its private key in PEM', 'TLS_KEY'))
    .addOption(
      setting('--database <url>', 'postgres://... (default: embedded, in --data)', 'DATABASE'),
    )
    .addOption(
      setting(
        '--price-list <file>',
        'what everything costs, from when on (default: as before, at first examples)',
        'PRICE_LIST',
      ),
    )
    .addOption(
      setting('--key-file <file>', 'key that seals all secrets (default: in --data)', 'KEY_FILE'),
    )
}

/** What is allowed, how much of it, and what is said about it. */
function addLimits(serve: Command): void {
  serve
    .addOption(
      setting('--test-clocks', 'allow test clocks (default: on loopback only)', 'TEST_CLOCKS'),
    )
    .addOption(new Option('--no-test-clocks', 'refuse test clocks, also on loopback'))
    .addOption(
      setting('--open-stores <number>', 'storage servers open at once, 130 MB each', 'OPEN_STORES')
        .default(16)
        .argParser((text) => wholeNumber(text, 1, 10_000)),
    )
    .addOption(
      setting('--effect-limit <seconds>', 'after which work is shown as stuck', 'EFFECT_LIMIT')
        .default(600)
        .argParser((text) => wholeNumber(text, 1, 86_400)),
    )
    .addOption(
      setting('--log-level <level>', 'how much is logged, to standard error', 'LOG_LEVEL')
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('warn'),
    )
    .addOption(
      setting(
        '--template-cache <folder>',
        'keeps the first files of a new database, for quicker first starts',
        'TEMPLATE_CACHE',
      ),
    )
    .addOption(
      setting('--until-input-ends', 'end when standard input ends', 'UNTIL_INPUT_ENDS').hideHelp(),
    )
}

type Flags = {
  readonly data: string
  readonly httpPort: number
  readonly httpsPort: number
  readonly blobPort: number
  readonly host: string
  readonly publicUrl?: string
  readonly publicBlobUrl?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly database?: string
  readonly keyFile?: string
  readonly priceList?: string
  readonly testClocks?: boolean
  readonly openStores: number
  readonly effectLimit: number
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly templateCache?: string
  readonly untilInputEnds?: boolean
}

async function run(flags: Flags, command: Command): Promise<void> {
  refuseNoDatabase(flags.database, command)
  // The server is loaded only when it is asked for: the other commands start in a blink.
  const { serve } = await import('../server/main.ts')
  await serve(
    {
      dataFolder: flags.data,
      databaseUrl: flags.database ?? null,
      keyFile: flags.keyFile ?? null,
      host: flags.host,
      httpPort: flags.httpPort,
      httpsPort: flags.httpsPort,
      blobPort: flags.blobPort,
      publicUrl: flags.publicUrl ?? null,
      publicBlobUrl: flags.publicBlobUrl ?? null,
      tlsCertificate: flags.tlsCert ?? null,
      tlsKey: flags.tlsKey ?? null,
      priceList: flags.priceList ?? null,
      testClocks: flags.testClocks ?? null,
      logLevel: flags.logLevel,
      openStores: flags.openStores,
      effectLimitMs: flags.effectLimit * 1_000,
      templateCache: flags.templateCache ?? null,
    },
    { untilInputEnds: flags.untilInputEnds ?? false },
  )
}

/** Not by the parser of the option: that would print the text, with the password in it. */
function refuseNoDatabase(url: string | undefined, command: Command): void {
  if (url === undefined || /^postgres(ql)?:\/\/./i.test(url)) return
  command.error(
    "error: option '--database <url>' (REPRIEVE_DATABASE) is no address of a PostgreSQL " +
      'database. It must read postgres://<user>:<password>@<host>:<port>/<database>. Leave it ' +
      'out for the embedded database.',
    { exitCode: 2 },
  )
}

function setting(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(`REPRIEVE_${variable}`)
}

function port(flags: string, description: string, variable: string, value: number): Option {
  return setting(flags, description, variable)
    .default(value)
    .argParser((text) => wholeNumber(text, 0, 65_535))
}

function wholeNumber(text: string, min: number, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max && text.trim() !== '') return value
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
}

function origin(text: string): string {
  const url = URL.parse(text)
  const plain = url !== null && url.pathname === '/' && url.search === '' && url.hash === ''
  if (plain && url.protocol === 'https:' && url.username === '') return url.origin
  throw new InvalidArgumentError('It must be an https origin, such as https://cloud.example.org.')
}
