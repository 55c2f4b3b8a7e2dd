import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asciicastText } from '../../src/cli/render/asciicast.js'
import { builtAddress, scriptBeside } from '../../src/engine/modules/script-beside.js'
import { type WatchedSession, watchSession } from '../fleet/watched-session.js'
import { EmulatedScreen } from './tui/emulated-screen.js'
import { SimulatedSession } from './tui/simulated-session.js'

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
  ownEnvironment: 'plant-own-env-6Ch',
  argumentDefault: 'plant-default-7Di',
  parameterDefault: 'plant-parameter-8Ej',
  cloneUrl: 'plant-clone-9Fk',
  dataOfAll: 'plant-all-1Gl',
  dataOfGroup: 'plant-group-2Hm',
  connection: 'plant-connect-3In',
  prose: 'plant-prose-4Jo',
  reason: 'plant-reason-5Kp',
  keyFile: 'plantkey6Lq',
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
  'console.log(process.env, JSON.stringify(process.env), process.env.PLANTED_API_TOKEN)',
  "const login = ({ user = 'me', password = 'plant-default-7Di' } = {}) => `${user}:${password}`\nfunction auth(token = 'plant-parameter-8Ej') { return token }\n;[login(), auth()]",
  '$`git ls-remote https://me:plant-clone-9Fk@127.0.0.1:1/x.git; echo "cannot clone https://me:plant-clone-9Fk@127.0.0.1:1/x.git" >&2`',
  'host("here").data.smtpPassword + String(host("here").data["api_key"])',
  `[await facts.files.text({ path: ${place('id_ed25519')} }), await $\`cat ${join(target, 'id_ed25519')}\`]`,
  'console.log(Buffer.from(fromFile.reveal()).toString("base64"))',
  "files.put({ dest: '/nonexistent/' + fromFile.reveal(), content: fromProgram })",
  'Promise.reject(new Error("outer", { cause: new Error(`inner ${fromFile.reveal()}`) })).catch(error => console.error(error))',
  'throw new Error(`cannot log in with ${password} nor ${fromProgram.reveal()}`)',
  "const secret2: number = 'plant-refused-2Yd'",
]

beforeAll(async () => {
  target = mkdtempSync(join(tmpdir(), 'muster-planted-'))
  const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${PLANTED.keyFile}\n-----END OPENSSH PRIVATE KEY-----\n`
  writeFileSync(join(target, 'id_ed25519'), key)
  writeFileSync(join(target, 'conf'), `password = "${PLANTED.contentOnHost}"\n`)
  process.env.PLANTED = PLANTED.environment
  process.env.PLANTED_API_TOKEN = PLANTED.ownEnvironment
  session = await watchSession({ hosts: {} }, { inventory: 'planted.ts', directory: makeFolder() })
}, 120_000)
afterAll(async () => {
  delete process.env.PLANTED
  delete process.env.PLANTED_API_TOKEN
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
  data: { smtpPassword: '${PLANTED.dataOfAll}' },
  connect: { password: '${PLANTED.connection}' },
  groups: { planted: { hosts: ['here'], data: { api_key: '${PLANTED.dataOfGroup}' } } },
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
  const lines = [
    ...[
      'undo',
      'because plant-cell-9Wb leaked',
      'because of Bearer plant-reason-5Kp',
      'who',
      'hosts',
      'doctor',
      'tasks',
    ],
    ...['note curl -H "Authorization: Bearer plant-prose-4Jo" https://me:plant-url-8Va@example.org/', 'save planted'],
    ...['export exported.ts', 'export exported.ts constants', 'set', 'help files.put'],
    ...['html', 'md', 'ipynb', 'json'].map(format => `report planted.${format}`),
  ]
  for (const line of lines) replies.push(await session.port.command(line).catch(String))
  await session.port.run('1 + 1')
  replies.push(await session.port.history(), await session.port.facts('here'))
  // what a terminal shows of all of it, and of what is recalled at the prompt
  const shown = new SimulatedSession()
  shown.inputs = await session.port.history()
  shown.emit(...session.records)
  const screen = new EmulatedScreen(shown, { cols: 200, rows: 300 })
  const dumps = [...(await screen.shows('‹redacted›', 60_000))]
  for (const _ of shown.inputs) {
    screen.press('up')
    await screen.settled()
    dumps.push(...(await screen.shows(/^ all .*›/m, 60_000)))
  }
  const dump = dumps.join('\n')
  expect(dump).toMatch(/› .*‹redacted›/)
  screen.hangUp()
  await screen.left
  await session.port.close()

  // what was meant for the host is there
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe(PLANTED.environment)
  expect(readFileSync(join(target, 'rendered'), 'utf8')).toBe(
    `token ${PLANTED.templateData}, ${PLANTED.hostData}, ${PLANTED.newSecret}\n`,
  )

  const [printed, failed, audited, listed] = await Promise.all([
    muster(
      '--plain',
      'planted.ts',
      '-e',
      "const password = 'plant-cell-9Wb'; console.error(password); $`echo ${password} --token plant-flag-5Sx; false`",
    ),
    muster('exec', 'missing-plant.ts', '--', 'echo', '--password=plant-flag-5Sx'),
    muster('history', '--json'),
    muster('inventory', 'planted.ts', '--json'),
  ])
  expect(printed).toContain('‹redacted›')
  expect(audited.length).toBeGreaterThan(500)
  expect(listed).toContain('smtpPassword')

  const artefacts = new Map([
    ...filesBelow(directory)
      .filter(path => !/planted(?:-too)?$|planted\.ts$/.test(path) || path.includes('history'))
      .map(path => [path.slice(directory.length), readFileSync(path, 'latin1')] as const),
    ['all that was shown', JSON.stringify(session.records)],
    ['what commands said', JSON.stringify(replies)],
    ['muster -e', printed],
    ['an error of the command line', failed],
    ['muster history', audited],
    ['muster inventory', listed],
    ['the screen', dump],
    ['a recording for asciinema', asciicastText(session.records, { title: 'planted', speed: 1 })],
  ])
  expect([...artefacts.keys()].filter(name => name.startsWith('/history/')).length).toBeGreaterThan(3)
  expect([...artefacts.keys()]).toEqual(
    expect.arrayContaining(['/exported.ts', '/planted.html', '/planted.md', '/planted.ipynb', '/planted.json']),
  )
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
}, 480_000)

/** All that the command says, on stdout and stderr. */
function muster(...args: string[]): Promise<string> {
  const { url, execArgv } = scriptBeside(builtAddress(new URL('../../src/cli/main.ts', import.meta.url).href), 'main')
  const command = [...execArgv, fileURLToPath(url), ...args]
  const child = spawn(process.execPath, command, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += String(chunk)))
  return new Promise(resolve => child.on('close', () => resolve(said)))
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map(name => join(folder, name))
    .flatMap(path => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
}
