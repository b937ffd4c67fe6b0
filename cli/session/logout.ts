import { existsSync, rmSync } from 'node:fs'
import type { Command } from '../command.ts'
import { sessionFile } from './session.ts'

export const logout: Command = {
  name: 'logout',
  summary: 'Forgets the session',
  run: async ({ surroundings }) => {
    const file = sessionFile(surroundings)
    const was = existsSync(file)
    rmSync(file, { force: true })
    const text = was ? `Signed out: ${file} is removed.` : 'There was no session.'
    return { data: { session: file, removed: was }, text }
  },
}
