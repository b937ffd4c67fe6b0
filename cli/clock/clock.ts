import type { Client } from '../../api/client.ts'

export type TestClock = {
  readonly name: string
  readonly properties: {
    readonly now: string
    readonly status: 'Ready' | 'Advancing'
    /** Where it is on its way to. */
    readonly target?: string
  }
}

export const clocksPath = '/providers/Reprieve.Lifecycle/testClocks'

export function clockPath(name: string): string {
  return `${clocksPath}/${encodeURIComponent(name)}`
}

export async function readClock(client: Client, name: string): Promise<TestClock> {
  const { body } = await client.request<TestClock>('GET', clockPath(name))
  return body
}
