import { Command as Parser, CommanderError, Option } from 'commander'
import { version } from '../api/version.ts'
import type { Command, Surroundings } from './command.ts'
import { type Invocation, runCommand } from './run.ts'

/** What each first word is about, for the help. */
const nouns: { readonly [noun: string]: string } = {
  subscription: 'Subscriptions: create, plan the end, cancel, reactivate, delete',
  resource: 'What subscriptions hold',
  storage: 'Storage accounts and the blobs in them',
  'billing-account': 'Who pays, in which currency, on which day',
  invoice: 'Invoices and credit notes: read, download, pay, take back',
  'price-list': 'What everything costs',
  seller: 'Who issues the invoices',
  clock: 'Test clocks, which move only when told to',
  events: 'Histories, and the proof that nobody rewrote them',
}

/** The parser of the whole command line. `onExit` is told the exit code of the command that ran. */
export function createProgram(
  commands: readonly Command[],
  surroundings: Surroundings,
  onExit: (code: number) => void,
): Parser {
  const { output, errors } = surroundings.terminal
  const program = new Parser('reprieve')
    .description('Cloud subscriptions that can be cancelled without regret.')
    .version(version(), '--version', 'Shows the version')
    .helpCommand(false)
    .exitOverride()
    // `demo remove --output json` is said of `remove`, though `demo` has such an option too.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => errors.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'reprieve: ')),
    })
    .showHelpAfterError('(--help lists what there is)')
    .addHelpText('after', '\nExit codes: 0 done, 1 refused or not in order, 2 not understood.')
  for (const command of commands) {
    addCommand(program, command, async (invocation) => {
      onExit(await runCommand(command, invocation, surroundings))
    })
  }
  addHelp(program)
  return program
}

/** `help subscription cancel` shows what `subscription cancel --help` shows. */
function addHelp(program: Parser): void {
  program
    .command('help')
    .description('Shows what a command does, and what it takes')
    .argument('[command...]', 'Its words, such as: subscription cancel')
    .action((words: readonly string[]) => {
      let parser = program
      for (const word of words) {
        const next = parser.commands.find((one) => one.name() === word)
        if (next === undefined) {
          return parser.error(`error: unknown command '${words.join(' ')}'`)
        }
        parser = next
      }
      parser.outputHelp()
    })
}

function addCommand(
  program: Parser,
  command: Command,
  run: (invocation: Invocation) => Promise<void>,
): void {
  const path = command.name.split(' ')
  const verb = path.at(-1) ?? command.name
  const parent = path.slice(0, -1).reduce(nounOf, program)
  // A noun may be a command itself: `demo` beside `demo remove`.
  const parser = parent.commands.find((one) => one.name() === verb) ?? parent.command(verb)
  parser.description(command.summary)
  for (const [word, meaning] of command.words ?? []) parser.argument(word, meaning)
  for (const [flags, meaning] of command.options ?? []) parser.option(flags, meaning)
  parser.addOption(outputOption())
  parser.action(async (...given: unknown[]) => {
    const count = command.words?.length ?? 0
    const words = given.slice(0, count) as (string | undefined)[]
    await run({ words, options: parser.opts() })
  })
}

function nounOf(parent: Parser, noun: string): Parser {
  const known = parent.commands.find((one) => one.name() === noun)
  return known ?? parent.command(noun).description(nouns[noun] ?? '')
}

function outputOption(): Option {
  return new Option('--output <form>', 'Form of the result')
    .choices(['table', 'json'])
    .default('table')
}

/** The exit code for what the parser threw; null when it is not the parser's. */
export function exitCodeOf(error: unknown): number | null {
  if (!(error instanceof CommanderError)) return null
  return error.exitCode === 0 ? 0 : 2
}
