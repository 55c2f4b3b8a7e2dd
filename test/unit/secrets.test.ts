import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type WatchedSession, watchSession } from '../fleet/watched-session.js'

/** Secrets, by the place where a person put them. Nothing of muster's own holds `plant`. */
const PLANTED = {
  inventoryPassword: 'plant-inventory-7Kq',
  sudoPassword: 'plant-sudo-8Lr',
  hostData: 'plant-data-9Ms',
  hostSecret: 'plant-host-secret-1Nt',
  environment: 'plant-env "quoted" \\ 2Pu',
  file: 'plant-file-3Qv',
  program: 'plant-program-4Rw',
  commandFlag: 'plant-flag-5Sx',
  commandVariable: 'plant-variable-6Ty',
  bearer: 'plant-bearer-7Uz',
  url: 'plant-url-8Va',
  cellSource: 'plant-cell-9Wb',
  newSecret: 'plant-new-1Xc',
  refusedCell: 'plant-refused-2Yd',
  templateData: 'plant-template-3Ze',
  environmentOption: 'plant-option-4Af',
  contentOnHost: 'plant-remote-5Bg',
} as const

let session: WatchedSession
let target: string
const place = (name: string): string => JSON.stringify(join(target, name))

/** What a person may do with them, one cell each; what it says must hold none of them. */
const CELLS = (): string[] => [
  `import { secret, Secret } from 'muster'
const fromEnv = secret.env('PLANTED'), fromFile = secret.file('${directory}/planted'), fromProgram = secret.command('cat', '${directory}/planted-too')`,
  '$`echo --password=plant-flag-5Sx; DB_PASSWORD=plant-variable-6Ty true; echo "Authorization: Bearer plant-bearer-7Uz"; echo https://me:plant-url-8Va@example.org/`',
  "const password = 'plant-cell-9Wb'\nconst made = new Secret('plant-new-1Xc')\n;[password, made, { fromEnv }, fleet.host('here').data]",
  'console.log(password, made, fromEnv.reveal())\nconsole.error(fromFile.reveal(), encodeURIComponent(fromProgram.reveal()))',
  'await $`printf %s ${password}`\nawait $`cat >&2; exit 3`.catch(error => console.log(String(error)))',
  'fleet.with({ stdin: fromEnv }).$`cat`',
  'fleet.with({ env: { API_TOKEN: "plant-option-4Af", OTHER: fromFile } }).$`echo $API_TOKEN $OTHER`',
  `files.put({ content: fromEnv, dest: ${place('content')}, mode: '0600' })`,
  `files.put({ content: Buffer.concat([Buffer.from([255, 0]), Buffer.from(fromFile.reveal())]), dest: ${place('binary')} })`,
  `files.put({ content: 'plain', dest: ${place('binary')} })`,
  `files.template({ src: ({ token, host, made }) => \`token \${token}, \${host.data.dbPassword}, \${made}\\n\`, vars: { token: 'plant-template-3Ze', made }, dest: ${place('rendered')} })`,
  `files.line({ path: ${place('conf')}, line: 'port 80' })`,
  `[await facts.files.text({ path: ${place('content')} }), await $\`cat ${join(target, 'rendered')} ${join(target, 'conf')}\`]`,
  'throw new Error(`cannot log in with ${password} nor ${fromProgram.reveal()}`)',
  "const secret2: number = 'plant-refused-2Yd'",
]

beforeAll(async () => {
  target = mkdtempSync(join(tmpdir(), 'muster-planted-'))
  writeFileSync(join(target, 'conf'), `password = "${PLANTED.contentOnHost}"\n`)
  process.env.PLANTED = PLANTED.environment
  session = await watchSession({ hosts: {} }, { inventory: 'planted.ts', directory: makeFolder() })
}, 120_000)
afterAll(async () => {
  delete process.env.PLANTED
  await session?.close()
  for (const folder of [target, directory]) rmSync(folder, { recursive: true, force: true })
})

let directory: string
function makeFolder(): string {
  directory = mkdtempSync(join(tmpdir(), 'muster-work-'))
  mkdirSync(join(directory, 'history'))
  writeFileSync(join(directory, 'planted'), `${PLANTED.file}\n`)
  writeFileSync(join(directory, 'planted-too'), PLANTED.program)
  writeFileSync(
    join(directory, 'planted.ts'),
    `import { inventory, Secret } from 'muster'
export default inventory({
  guard: 'open',
  hosts: { here: { connector: 'local', password: '${PLANTED.inventoryPassword}', sudoPassword: new Secret('${PLANTED.sudoPassword}'),
    data: { dbPassword: '${PLANTED.hostData}', nested: { key: new Secret('${PLANTED.hostSecret}') } } } },
})\n`,
  )
  return directory
}

test('no secret that a person puts anywhere is in anything that is shown or kept, and each reaches its host', async () => {
  const ends: string[] = []
  for (const cell of CELLS()) {
    const end = await session.port.run(cell, { force: !cell.includes('refused') })
    ends.push(end.kind === 'error' ? `error: ${end.error.message}` : end.kind)
  }
  expect(ends).toEqual([
    ...Array.from({ length: CELLS().length - 2 }, () => 'ok'),
    expect.stringContaining('cannot log in with ‹redacted› nor ‹redacted›'),
    'refused',
  ])
  const replies: unknown[] = []
  for (const line of ['undo', 'because plant-cell-9Wb leaked', 'who', 'save planted', 'export exported.ts', 'hosts'])
    replies.push(await session.port.command(line).catch(String))
  await session.port.run('1 + 1')
  replies.push(await session.port.history(), await session.port.facts('here'))
  await session.port.close()

  // what was meant for the host is there
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe(PLANTED.environment)
  expect(readFileSync(join(target, 'rendered'), 'utf8')).toBe(
    `token ${PLANTED.templateData}, ${PLANTED.hostData}, ${PLANTED.newSecret}\n`,
  )

  const [printed, failed, audited] = await Promise.all([
    muster(
      '--plain',
      'planted.ts',
      '-e',
      "const password = 'plant-cell-9Wb'; console.error(password); $`echo ${password} --token plant-flag-5Sx; false`",
    ),
    muster('exec', 'missing-plant.ts', '--', 'echo', '--password=plant-flag-5Sx'),
    muster('history', '--json'),
  ])
  expect(printed).toContain('‹redacted›')
  expect(audited.length).toBeGreaterThan(500)

  const artefacts = new Map([
    ...filesBelow(directory)
      .filter(path => !/planted(?:-too)?$|planted\.ts$/.test(path) || path.includes('history'))
      .map(path => [path.slice(directory.length), readFileSync(path, 'latin1')] as const),
    ['all that was shown', JSON.stringify(session.records)],
    ['what commands said', JSON.stringify(replies)],
    ['muster -e', printed],
    ['an error of the command line', failed],
    ['muster history', audited],
  ])
  expect([...artefacts.keys()].filter(name => name.startsWith('/history/')).length).toBeGreaterThan(3)
  expect([...artefacts.keys()]).toContain('/exported.ts')
  const found = [...artefacts].flatMap(([name, text]) =>
    Object.entries(PLANTED).flatMap(([where, value]) =>
      [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), Buffer.from(value).toString('base64')]
        .filter(form => text.includes(form))
        .map(
          form => `${where} in ${name}: ${text.slice(Math.max(0, text.indexOf(form) - 80), text.indexOf(form) + 40)}`,
        ),
    ),
  )
  expect(found).toEqual([])
}, 240_000)

/** All that the command says, on stdout and stderr. */
function muster(...args: string[]): Promise<string> {
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname
  const tsx = new URL('../../node_modules/.bin/tsx', import.meta.url).pathname
  const child = spawn(tsx, [main, ...args], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += String(chunk)))
  return new Promise(resolve => child.on('close', () => resolve(said)))
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map(name => join(folder, name))
    .flatMap(path => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
}
