// Builds dist/ from src/: types and JavaScript by tsc. In a published tarball there is no src/ and nothing to build.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'

if (existsSync('src')) {
  rmSync('dist', { recursive: true, force: true })
  execFileSync(
    process.execPath,
    [createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', 'tsconfig.json'],
    { stdio: 'inherit' },
  )
  if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755)
}
