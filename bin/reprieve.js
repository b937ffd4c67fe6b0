#!/usr/bin/env node
// Runs on any Node from 18 on, so it is plain JavaScript with nothing but Node's own modules.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// The version from which Node strips types without a warning and has the SQLite that we use.
const oldestNode = [24, 12]

// The command may be a symbolic link: only the real path leads to the packages installed with it.
const here = dirname(realpathSync(fileURLToPath(import.meta.url)))
const main = findMain()

if (isNewEnough(process.versions.node)) {
  await import(pathToFileURL(main).href)
} else {
  const node = findLockedNode()
  if (node === null) refuse()
  else launch(node)
}

/** The sources in a checkout, where `dist` may be stale; else what the package was built into. */
function findMain() {
  const source = join(here, '..', 'cli', 'main.ts')
  const installed = here.split(sep).includes('node_modules')
  return !installed && existsSync(source) ? source : join(here, '..', 'dist', 'cli', 'main.js')
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** The Node binary that the lockfile pins as an optional package; null where there is none. */
function findLockedNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  try {
    const folder = dirname(createRequire(join(here, 'reprieve.js')).resolve(`${name}/package.json`))
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(node) ? node : null
  } catch {
    return null
  }
}

function refuse(reason = `no Node for ${process.platform}-${process.arch} is installed with it`) {
  console.error(
    `reprieve: needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}, ` +
      `and ${reason}. Install Node 24 and put it first on the PATH, or on Linux (x64, arm64) and ` +
      'Windows (x64) install again without --omit=optional.',
  )
  process.exitCode = 1
}

/**
 * Runs the program on the given Node as if it were this process: same terminal, same signals, same
 * end. The channel tells the program when this process is gone, however it went (`launched.js`).
 */
function launch(node) {
  const watch = pathToFileURL(join(here, 'launched.js')).href
  const child = spawn(node, ['--import', watch, main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']
  const forward = (signal) => child.kill(signal)
  for (const signal of forwarded) process.on(signal, forward)

  child.on('error', (error) => {
    if (child.pid === undefined) refuse(`${node} does not start here (${error.code})`)
  })
  child.on('exit', (code, signal) => {
    for (const name of forwarded) process.removeListener(name, forward)
    if (signal === null) {
      process.exitCode = code
      return
    }
    // Ends by the same signal, so that a supervisor sees what happened; the code is for the case
    // that the signal is held off or does not exist on this system.
    process.exitCode = 128 + constants.signals[signal]
    process.kill(process.pid, signal)
  })
}
