import { instant } from '../../kernel/instant.ts'
import { lockFolder } from '../folder-lock.ts'

/** A second process: locks the folder that it is given, says so, and waits to be killed. */
const [folder = ''] = process.argv.slice(2)
lockFolder(folder, instant(Date.parse('2026-11-02T03:04:05Z')))
process.stdout.write('locked\n')
process.stdin.resume()
