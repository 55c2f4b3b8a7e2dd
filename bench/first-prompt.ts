// How long until a person can type: from the start of the process to the first prompt on its terminal, before any host is connected.
// Usage: npm run build && npx tsx --tsconfig tsconfig.test.json bench/first-prompt.ts [rounds]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openTerminal } from '../test/terminal/terminal.js'

const ROUNDS = Number(process.argv[2] ?? 10)
const muster = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const home = mkdtempSync(path.join(tmpdir(), 'muster-first-'))

/** Milliseconds. */
async function firstPrompt(inventory: string): Promise<number> {
  const started = performance.now()
  const terminal = openTerminal({
    command: process.execPath,
    args: [muster, inventory],
    cwd: home,
    env: { HOME: home },
  })
  await terminal.waitFor(/ ›$/m, 60_000)
  const took = performance.now() - started
  await terminal.close()
  return took
}

try {
  for (const inventory of ['@local', 'web-[1-100].invalid']) {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) times.push(await firstPrompt(inventory))
    times.sort((a, b) => a - b)
    const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(0)
    console.log(`first prompt, ${inventory.padEnd(22)} p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  n ${times.length}`)
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
