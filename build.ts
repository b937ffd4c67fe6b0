import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

// Builds `dist` for the package: Node does not strip types from files inside node_modules.
const project = import.meta.dirname
// What an earlier build left would be packed as if it still belonged to the product.
rmSync(join(project, 'dist'), { recursive: true, force: true })
const compiler = join(project, 'node_modules', 'typescript', 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: project,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
