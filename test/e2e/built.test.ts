import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildIfStale, musterScript } from './muster.js'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'muster-built-'))

beforeAll(() => {
  buildIfStale()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(folder, 'node_modules/muster'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** What a deploy that is given an error of the running muster's makes of it. */
const DEPLOY = `
import { CommandError } from 'muster'
import { fakeFleet } from 'muster/testing'
export default async function deploy(fleet) {
  for (const host of fleet) await host.$\`false\`.catch(error => console.log('own', error instanceof CommandError))
  const fake = fakeFleet({ inventory: ['a'], answer: () => ({ exitCode: 3 }) })
  for (const host of fake.fleet) await host.$\`x\`.catch(error => console.log('testing', error instanceof CommandError, error.constructor.name))
}
`

test('muster, muster/testing and the command have one copy of every class', async () => {
  writeFileSync(join(folder, 'deploy.mjs'), DEPLOY)
  writeFileSync(join(folder, 'inventory.json'), '{ "hosts": { "here": {} }, "connect": { "connector": "local" } }')
  writeFileSync(
    join(folder, 'plain.mjs'),
    `import * as muster from 'muster'
     import deploy from './deploy.mjs'
     await deploy([])
     console.log('exports', typeof muster.inventory, typeof muster.facts.server, typeof muster.operations.files)`,
  )
  const plain = await run(process.execPath, ['plain.mjs'], { cwd: folder })
  expect(plain.stdout).toBe('testing true CommandError\nexports function object object\n')
  // the run ends with 1, since `false` failed
  const { stdout } = await run(process.execPath, [musterScript, 'run', 'inventory.json', 'deploy.mjs', '--yes'], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error)
  expect(stdout).toContain('own true')
  expect(stdout).toContain('testing true CommandError')
})

test('the stack of an error names the lines of the source', async () => {
  const failing = run(process.execPath, [musterScript, 'inventory', 'nowhere.json'], {
    cwd: folder,
    env: { ...process.env, MUSTER_DEBUG: '1' },
  })
  await expect(failing).rejects.toMatchObject({
    stderr: expect.stringMatching(/\/src\/engine\/inventory\/open\.ts:\d+/),
  })
})
