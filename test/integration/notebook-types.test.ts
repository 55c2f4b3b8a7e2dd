import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')

/** The notebooks that muster comes with. */
const LIBRARY = readdirSync(join(ROOT, 'history')).filter(name => name.endsWith('.ts'))

let project: string

/** A project of a person's, with muster installed as it is packed, and no settings of its own. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'muster-project-'))
  const muster = join(project, 'node_modules', 'muster')
  mkdirSync(muster, { recursive: true })
  copyFileSync(join(ROOT, 'package.json'), join(muster, 'package.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(muster, 'node_modules'))
  execFileSync(process.execPath, [
    TSC,
    '-p',
    ROOT,
    '--noCheck',
    '--emitDeclarationOnly',
    '--outDir',
    join(muster, 'dist'),
  ])
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  for (const name of LIBRARY) copyFileSync(join(ROOT, 'history', name), join(project, name))
})
afterAll(() => rmSync(project, { recursive: true }))

/** What is found wrong in notebooks of the project, by their names. */
function check(notebooks: Readonly<Record<string, string>>, settings: readonly string[]): string {
  for (const [name, source] of Object.entries(notebooks)) writeFileSync(join(project, name), source)
  try {
    return execFileSync(process.execPath, [TSC, '--noEmit', ...settings, ...Object.keys(notebooks), ...LIBRARY], {
      cwd: project,
      encoding: 'utf8',
    })
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
  }
}

const NOTEBOOK = `// ---
// title: Fix NTP
// ---
import { $, apt, facts, fleet, files, focus, group } from 'muster/session'

// %% id="a"
const conf = await files.line({ path: '/etc/ntp.conf', line: 'server ntp' })

// %% id="b"
await conf.changed.systemd.service({ service: 'ntp', restarted: true })
await focus.apt.packages({ packages: ['ntp'] })
await apt.packages({ packages: ['ntp'] })
await $\`uptime\`
await facts.server.os()
group('web').and(fleet)
`

const SETTINGS = [
  ['--strict', '--module', 'nodenext', '--target', 'es2022'],
  ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'esnext'],
]

test.each(SETTINGS)(
  'a notebook, and those of history/, type-check in a project with muster installed: %s %s %s',
  { timeout: 300_000 },
  (...settings) => {
    expect(LIBRARY).not.toEqual([])
    const wrong = NOTEBOOK.replace("line: 'server", "lin: 'server")
    const found = check({ 'right.ts': NOTEBOOK, 'wrong.ts': wrong }, settings).trim().split('\n')
    expect(found.filter(line => /^\S/.test(line))).toEqual([expect.stringMatching(/^wrong\.ts\(7,\d+\): .*'lin'/)])
  },
)
