// A picture of a terminal program after some keys: SVG, or PNG where rsvg-convert (Debian: librsvg2-bin) is installed.
// Usage: npx tsx scripts/screenshot.ts OUT.svg|OUT.png [--size 120x40] [--light] [--title TEXT] [--wait TEXT] [--type TEXT] [--key NAME] … -- COMMAND [ARG…]
// Steps are done in the order given; after --type and --key the screen is left to settle.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DARK, LIGHT } from '../test/terminal/svg.js'
import { openTerminal } from '../test/terminal/terminal.js'

const { values, positionals, tokens } = parseArgs({
  allowPositionals: true,
  tokens: true,
  options: {
    size: { type: 'string', default: '120x40' },
    light: { type: 'boolean', default: false },
    title: { type: 'string' },
    wait: { type: 'string', multiple: true },
    type: { type: 'string', multiple: true },
    key: { type: 'string', multiple: true },
  },
})
const [file, command, ...args] = positionals
const [, cols, rows] = /^(\d+)x(\d+)$/.exec(values.size) ?? []
if (!file || !command || !cols || !rows) {
  console.error(
    'usage: screenshot.ts OUT.svg|OUT.png [--size COLSxROWS] [--light] [--title TEXT] [STEP…] -- COMMAND [ARG…]',
  )
  process.exit(2)
}

const terminal = openTerminal({ command, args, cols: Number(cols), rows: Number(rows) })
try {
  for (const token of tokens) {
    if (token.kind !== 'option' || token.value === undefined) continue
    if (token.name === 'wait') await terminal.waitFor(token.value, 60_000)
    if (token.name === 'type') terminal.type(token.value)
    if (token.name === 'key') terminal.key(token.value)
    await terminal.quiet(300)
  }
  const { title, light } = values
  const svg = terminal.svg({ theme: light ? LIGHT : DARK, ...(title === undefined ? {} : { title }) })
  if (file.endsWith('.png')) execFileSync('rsvg-convert', ['--zoom', '2', '--output', file], { input: svg })
  else writeFileSync(file, svg)
} finally {
  await terminal.close()
}
