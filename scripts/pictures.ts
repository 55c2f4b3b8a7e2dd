// The pictures of README and docs: five screens of one real session on the demo fleet, each for dark and for light pages.
// Usage: npm run build && npm run pictures
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DARK, LIGHT } from '../test/terminal/svg.js'
import { openTerminal } from '../test/terminal/terminal.js'

const FOLDER = 'docs/screens'
/** Milliseconds that the demo and its first answers may take on a busy machine. */
const PATIENCE = 60_000

const home = mkdtempSync(join(tmpdir(), 'muster-pictures-'))
const terminal = openTerminal({
  command: process.execPath,
  args: [resolve('dist/cli/main.js'), 'demo'],
  cols: 120,
  rows: 32,
  cwd: home,
  env: { HOME: home },
})

async function picture(name: string): Promise<void> {
  await terminal.quiet(400)
  for (const [theme, colours] of [['dark', DARK] as const, ['light', LIGHT] as const])
    writeFileSync(join(FOLDER, `${name}-${theme}.svg`), terminal.svg({ theme: colours, title: 'muster' }))
}

async function enter(text: string, wanted: string | RegExp): Promise<void> {
  terminal.type(text)
  await terminal.quiet(500)
  terminal.key('enter')
  await terminal.waitFor(wanted, PATIENCE)
}

mkdirSync(FOLDER, { recursive: true })
try {
  await terminal.waitFor('5 ready', PATIENCE)
  await terminal.waitFor('Five hosts', PATIENCE)
  await enter('$`grep ^server /etc/ntp.conf`', '[1]')
  await enter('facts.server.os()', '[2]')
  await picture('answers')

  terminal.key('f6', 'f6', 'home', 'f')
  await terminal.waitFor(
    rows => /facts of \d+ hosts/.test(rows.join('\n')) && !/ read …/.test(rows.join('\n')),
    PATIENCE,
  )
  await picture('facts')
  terminal.key('escape')
  await terminal.waitFor('⏎ run', PATIENCE)

  await enter(
    "files.line({ path: '/etc/ntp.conf', line: 'server new.demo.example iburst', replace: /^server / })",
    'a all',
  )
  await picture('plan')
  terminal.key('a')
  await terminal.waitFor(/approved for/, PATIENCE)
  await terminal.waitFor(/✓ \+/, PATIENCE)
  terminal.key('f6', 'd')
  await picture('applied')
  terminal.key('escape')
  await terminal.waitFor('⏎ run', PATIENCE)
  terminal.key('ctrl-p')
  await terminal.quiet(500)
  terminal.type('serv')
  await picture('find')
} finally {
  await terminal.close()
  rmSync(home, { recursive: true, force: true })
}
