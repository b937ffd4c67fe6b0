import { join, relative } from 'node:path'
import { expect, inject, test } from 'vitest'
import { isMet, requires } from '../requirements.ts'
import { readSources } from '../tidy/source.ts'
import { exceptions } from './exceptions.ts'
import { operations } from './served.ts'
import { readTestimonies } from './testimonies.ts'

const project = join(import.meta.dirname, '..', '..')
const testimonies = readTestimonies(inject('testimonies'))

/** The files that watch a server, whether or not they were part of this run. */
const watching = readSources()
  .filter(({ path, text }) => path.endsWith('.test.ts') && /= useWatchedServer\(/.test(text))
  .filter(({ text }) => isMet('postgresql') || !text.includes("requires('postgresql')"))
  .map(({ path }) => path)

const heard = new Set(testimonies.map(({ file }) => relative(project, file).replaceAll('\\', '/')))
/** A run of some files only cannot tell what the whole suite needs. */
const isWholeSuite = watching.every((path) => heard.has(path))

test('every file that watches a server also asks the swagger', () => {
  const silent = readSources()
    .filter(({ path }) => watching.includes(path))
    .filter(({ text }) => !/^testTraffic\(/m.test(text))
  expect(silent.map(({ path }) => path)).toEqual([])
})

test('no exception from the swagger is left that nothing needs', requires('swagger'), () => {
  const used = new Set(testimonies.flatMap((testimony) => testimony.exceptions))
  const unused = exceptions.filter((_, index) => !used.has(index))
  expect(isWholeSuite ? unused : []).toEqual([])
})

test('every operation is seen to answer and to refuse', () => {
  const served = testimonies.flatMap((testimony) => testimony.served)
  const seen = (name: string, isAnswer: boolean): boolean =>
    served.some(({ operation, status }) => operation === name && status < 400 === isAnswer)
  const names = operations.map(({ name }) => name)
  const neverAnswered = names.filter(
    (name) => !name.startsWith('UnknownType_') && !seen(name, true),
  )
  const neverRefused = names.filter((name) => !seen(name, false))
  expect(isWholeSuite ? { neverAnswered, neverRefused } : {}).toEqual(
    isWholeSuite ? { neverAnswered: [], neverRefused: [] } : {},
  )
})
