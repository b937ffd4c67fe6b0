import { join } from 'node:path'
import { type Dice, diceOf } from '../simulation/seeded.ts'
import { checkCrews, checkEnded } from './check.ts'
import { checkRows } from './check-rows.ts'
import { runCrew } from './crew.ts'
import { type Engine, type Installation, install } from './installation.ts'
import type { Load } from './load.ts'
import type { Crew } from './model.ts'
import { pause, waitFor } from './pause.ts'
import { storeServersOf } from './processes.ts'
import { makeCrews } from './prepare.ts'
import { type Site, siteOf } from './site.ts'
import { newTally, type Tally } from './tally.ts'
import { Violation } from './uncertain.ts'
import { watchStores } from './watch-stores.ts'
import { runWriter } from './writer.ts'

export type Target = 'server' | 'store' | 'postgres'

export type KillLoop = {
  readonly target: Target
  /** How often something is killed. */
  readonly times: number
  readonly seed: number
  /** Where the database is; the target `postgres` needs `postgres`. */
  readonly engine: Engine
  readonly crews?: number
  /** The most requests and answers before something is killed. */
  readonly steps?: number
  readonly logLevel?: 'silent' | 'error' | 'warn'
  /** Leave the data folder where it is when a promise did not hold. */
  readonly keep?: boolean
  readonly onRound?: (tally: Tally) => void
  /** For tests of this program: spoils something just before it is compared with what must be. */
  readonly spoil?: (crews: readonly Crew[], dataFolder: string) => void
}

/** In the last round, and so often before it, the database's own rows are looked at as well. */
const roundsPerLook = 10
const writersPerCrew = 2

/**
 * Clients change things and write blobs, something is killed outright in the middle of it, and what
 * is there afterwards is compared with what was acknowledged: again and again.
 *
 * @throws Violation for the first promise that did not hold. Its text names the seed.
 */
export async function runKillLoop(loop: KillLoop): Promise<Tally> {
  const { target, times, seed, engine } = loop
  const tally = newTally()
  const dice = diceOf(seed)
  const installation = await install({ engine, logLevel: loop.logLevel ?? 'silent' })
  const watch = watchStores(join(installation.dataFolder, 'stores'))
  let held = false
  try {
    await installation.start()
    const crews = await makeCrews(installation.server(), loop.crews ?? 3)
    for (let round = 1; tally.kills < times; round += 1) {
      await runRound({ target, installation, crews, dice, tally, loop })
      watch.check()
      if (round % roundsPerLook === 0) await lookAtRows(installation, crews)
      loop.onRound?.(tally)
    }
    await checkAtEnd(installation, crews, tally)
    watch.check()
    held = true
    return tally
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    const text = `${error.message} (${target} on ${engine}, seed ${seed}, kill ${tally.kills})`
    throw new Violation(text, { cause: error })
  } finally {
    await watch.stop()
    if (held || loop.keep !== true) await installation.remove()
    else await installation.stop()
  }
}

type Round = {
  readonly target: Target
  readonly installation: Installation
  readonly crews: readonly Crew[]
  readonly dice: Dice
  readonly tally: Tally
  readonly loop: KillLoop
}

async function runRound(round: Round): Promise<void> {
  const { installation, crews, tally } = round
  const server = installation.server()
  await withSite(installation, async (site) => {
    let over = false
    const load: Load = {
      site,
      dice: round.dice,
      tally,
      principalId: server.credential.objectId,
      isOver: () => over,
    }
    const strike = whenToStrike(site, round.dice, round.loop.steps ?? mostSteps)
    const changing = crews.map((crew) => runCrew(load, crew))
    const writing = crews.flatMap((crew) =>
      Array.from({ length: writersPerCrew }, (_, number) => runWriter(load, crew, number)),
    )
    // A violation among the clients ends the round at once.
    const working = Promise.all([...changing, ...writing])
    // When each crew waits for a look at the state, there may be nothing left to write to either.
    const idle = Promise.all(changing).then(() => pause(idleMs))
    await Promise.race([strike, idle, working])
    const killed = strikeAt(round)
    over = true
    await Promise.all([working, killed])
  })
  await recover(round)
  round.loop.spoil?.(crews, installation.dataFolder)
  await withSite(installation, (site) => {
    const { dataFolder } = installation
    return checkCrews({ site, tally, dataFolder }, crews)
  })
}

async function withSite(
  installation: Installation,
  work: (site: Site) => Promise<void>,
): Promise<void> {
  const site = siteOf(installation.server())
  try {
    await work(site)
  } finally {
    await site.close()
  }
}

const fewestSteps = 20
const mostSteps = 500
const longestDelayMs = 40

/** After so many requests and answers, and then a moment later: in the middle of any of them. */
async function whenToStrike(site: Site, dice: Dice, most: number): Promise<void> {
  let left = fewestSteps + dice.below(most - fewestSteps)
  const delayMs = dice.below(longestDelayMs)
  await new Promise<void>((resolve) => {
    site.onStep(() => {
      left -= 1
      if (left === 0) resolve()
    })
  })
  await pause(delayMs)
}

/** How long writers go on alone before the strike. */
const idleMs = 200
const appearLimitMs = 2_000

async function strikeAt({ target, installation, dice, tally }: Round): Promise<void> {
  if (target === 'store') return strikeAtStore(installation, dice, tally)
  tally.kills += 1
  if (target === 'server') return installation.kill()
  await installation.cluster?.kill9()
  await installation.cluster?.restart()
}

/** One of the storage servers that are open. Where none is, the round ends without a kill. */
async function strikeAtStore(installation: Installation, dice: Dice, tally: Tally): Promise<void> {
  const { pid } = installation.server()
  const victims = await waitFor(() => {
    const open = storeServersOf(pid)
    return open.length > 0 ? open : null
  }, appearLimitMs)
  if (victims === null) return
  tally.kills += 1
  process.kill(dice.pick(victims), 'SIGKILL')
}

const rivalPercent = 10
const killAgainPercent = 25
const startMs = 1_500

/** Starts a killed server again; now and then that start is killed as well, wherever it is. */
async function recover({ target, installation, dice, tally }: Round): Promise<void> {
  if (target === 'server') {
    if (dice.percent(killAgainPercent)) {
      tally.kills += 1
      await installation.startAndKill(dice.below(startMs))
    }
    await installation.start()
  }
  if (!dice.percent(rivalPercent)) return
  await installation.startRival()
  tally.rivalsRefused += 1
}

/** The embedded database is read while no server has it. */
async function lookAtRows(installation: Installation, crews: readonly Crew[]): Promise<void> {
  await installation.stop()
  await checkRows(installation, crews)
  await installation.start()
}

async function checkAtEnd(
  installation: Installation,
  crews: readonly Crew[],
  tally: Tally,
): Promise<void> {
  await withSite(installation, async (site) => {
    const checked = { site, tally, dataFolder: installation.dataFolder }
    await checkCrews(checked, crews)
    await checkEnded(checked, crews)
  })
  await installation.stop()
  await checkRows(installation, crews)
}
