import { afterAll, expect, test } from 'vitest'
import { CommandLine } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

/** Makes a process end that loads TypeScript. */
const WITHOUT_TYPESCRIPT = `const modules = require('node:module')
const load = modules._load
modules._load = function (name, ...rest) {
  if (/(^|[/\\\\])typescript(\\.js)?$/.test(name)) throw new Error('TypeScript was loaded')
  return load.call(this, name, ...rest)
}
`

test('an inventory is compiled once: later commands start without TypeScript, until it changes', async () => {
  cli.write('without.cjs', WITHOUT_TYPESCRIPT)
  const run = async (forbidden: boolean) => {
    const before = process.env.NODE_OPTIONS
    if (forbidden) process.env.NODE_OPTIONS = `--require ${cli.path('without.cjs')}`
    try {
      return await cli.run(['exec', 'inventory.ts', '--', 'echo', 'hi'])
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS
      else process.env.NODE_OPTIONS = before
    }
  }
  expect(await run(true)).toMatchObject({ code: 1, err: expect.stringContaining('TypeScript was loaded') })
  expect(await run(false)).toMatchObject({ code: 0 })
  expect(await run(true)).toMatchObject({ code: 0, out: expect.stringContaining('hi') })
  cli.write('inventory.ts', `export default { hosts: { 'only-1': {} }, connect: { connector: 'local' } }`)
  expect(await run(true)).toMatchObject({ code: 1 })
  expect(await run(false)).toMatchObject({ code: 0, out: expect.stringContaining('only-1') })
})
