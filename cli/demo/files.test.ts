import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { archiveFiles, shopFiles } from './files.ts'

test('the shop has twenty files of different names and sizes', () => {
  const files = shopFiles()
  expect(new Set(files.map(({ name }) => name)).size).toBe(20)
  const sizes = files.map(({ content }) => Buffer.byteLength(content))
  expect(Math.min(...sizes)).toBeLessThan(200)
  expect(Math.max(...sizes)).toBeGreaterThan(20_000)
  expect(new Set(sizes).size).toBeGreaterThan(15)
})

test('the files are the same bytes at every time and place', () => {
  const all = [...shopFiles(), ...archiveFiles()]
  const digest = createHash('sha256').update(JSON.stringify(all)).digest('hex')
  expect(JSON.stringify([...shopFiles(), ...archiveFiles()])).toBe(JSON.stringify(all))
  expect(digest).toBe('e29beebb04f6ce393e1c8f904e525fb37310f2b80bd79965a84d00144b700884')
})

test('orders add up and lie in their month', () => {
  const orders = shopFiles().find(({ name }) => name === 'orders/2026-10.csv')
  const [title, ...rows] = (orders?.content ?? '').trimEnd().split('\n')
  expect(title).toBe('order,date,customer,product,grams,total_eur')
  expect(rows).toHaveLength(400)
  for (const row of rows)
    expect(row).toMatch(/^\d{10},2026-10-\d{2},1\d{3},T-\d{2},\d+,\d+\.\d{2}$/)
  expect(new Set(rows.map((row) => row.split(',')[0])).size).toBe(400)
})

test('every file is readable text', () => {
  for (const { content } of [...shopFiles(), ...archiveFiles()]) {
    expect(content).not.toMatch(/undefined|NaN|\uFFFD/)
    expect(content.endsWith('\n')).toBe(true)
  }
})
