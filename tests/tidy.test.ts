import { expect, test } from 'vitest'
import { allowed } from './tidy/allowed.ts'
import { findImpureRules, findWrongDirections } from './tidy/directions.ts'
import { findForbidden } from './tidy/forbidden.ts'
import * as imports from './tidy/imports.ts'
import * as manifest from './tidy/package.ts'
import * as size from './tidy/size.ts'
import { isTestSource, readSources, type Source } from './tidy/source.ts'
import * as words from './tidy/text.ts'

const sources = readSources()
const allImports = imports.readImports(sources)

/** Where something begins: a command, what customers import, a child process, a test, a setting. */
function isEntryPoint(source: Source): boolean {
  const { path } = source
  const isProduct = /(^|\/|\.)main\.ts$/.test(path) || path === 'testing/index.ts'
  const isScript = /^(build|tests\/run[^/]*|bench\/[^/]*)\.ts$/.test(path)
  return isProduct || isScript || /\.test\.ts$|\.config\.ts$/.test(path)
}

test('nothing reaches for the clock, dice, timers, the environment or the console', () => {
  expect(findForbidden(sources, allowed)).toEqual([])
})

test('imports point one way', () => {
  expect(findWrongDirections(allImports)).toEqual([])
  expect(findImpureRules(sources, allImports)).toEqual([])
})

test('imports make no circle', () => {
  expect(imports.findCycles(allImports)).toEqual([])
})

test('every import leads to a file, and none from the product to a test', () => {
  const named = (one: imports.Import): string => `${one.from.path} imports ${one.to}`
  expect(imports.findBroken(sources, allImports).map(named)).toEqual([])
  expect(imports.findTestsInProduct(sources, allImports).map(named)).toEqual([])
})

test('every file is needed by something', () => {
  expect(imports.findUnreached(sources, allImports, isEntryPoint)).toEqual([])
})

test('files are short enough to hold one meaning', () => {
  expect(size.findLongFiles(sources)).toEqual([])
})

test('functions are short enough to read at once', () => {
  expect(size.findLongFunctions(sources)).toEqual([])
})

test('lines fit into a window', () => {
  expect(size.findLongLines(sources)).toEqual([])
})

test('nothing is left unfinished or switched off', () => {
  expect(words.findUnfinished(sources)).toEqual([])
  expect(words.findSwitchedOff(sources)).toEqual([])
})

test('SQL is told the time and every random value', () => {
  expect(words.findSqlTime(sources)).toEqual([])
})

test('nothing names a place that only one machine has', () => {
  expect(words.findMachineWords(sources)).toEqual([])
  expect(manifest.findDownloadHosts(sources)).toEqual([])
})

test('every version is exact, the lockfile is whole and the licence is there', () => {
  expect(manifest.findMissingFromLock(sources)).toEqual([])
  expect(manifest.findLooseVersions(sources)).toEqual([])
  expect(manifest.findLicenceProblems(sources)).toEqual([])
})

test('the project that was read is the whole one', () => {
  // Guards all tests above: on an empty list every one of them would pass.
  expect(sources.filter(({ tree }) => tree !== null).length).toBeGreaterThan(20)
  expect(sources.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['package.json', 'LICENSE', 'server/kernel/instant.ts', '.ci/run']),
  )
  expect(allImports.length).toBeGreaterThan(20)
  expect(sources.filter(isTestSource).length).toBeLessThan(sources.length)
})
