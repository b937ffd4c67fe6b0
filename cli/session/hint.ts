import { existsSync } from 'node:fs'
import type { ApiError } from '../../api/client-error.ts'
import type { Surroundings } from '../command.ts'
import { sessionFile, signInFile } from './session.ts'

const aboutSignIn = /^(invalid_|unauthorized_|CertificateNotTrusted|ServerUnreachable|Http401)/

/**
 * A session outlives the server that it was made with. When signing in fails and there is another
 * way to sign in here, this says so; else null.
 */
export function signInHint(
  error: Pick<ApiError, 'code'>,
  surroundings: Pick<Surroundings, 'environment' | 'folder' | 'home'>,
): string | null {
  const stored = sessionFile(surroundings)
  if (!aboutSignIn.test(error.code) || !existsSync(stored)) return null
  const used = `The session in ${stored} was used.`
  return existsSync(signInFile(surroundings))
    ? `${used} To use the server whose data folder is here instead: npx reprieve login`
    : `${used} To use another: npx reprieve login --from <data folder>`
}
