import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionPort } from '../../src/repl/protocol.js'
import { openSession } from '../../src/repl/session.js'

const directory = mkdtempSync(join(tmpdir(), 'muster-prompt-'))
let session: SessionPort

beforeAll(async () => {
  mkdirSync(join(directory, 'history'))
  writeFileSync(join(directory, 'history', 'fix-ntp.ts'), '// %%\n1\n')
  mkdirSync(join(directory, 'there', 'etc'), { recursive: true })
  writeFileSync(join(directory, 'there', 'a file.conf'), '')
  const inventory = {
    hosts: { here: { connect: { connector: 'local' } }, away: {} },
    groups: { near: { hosts: ['here'] } },
  }
  session = await openSession({ inventory, directory, colors: false, connect: false })
  await session.run("await host('here').$`true`")
})
afterAll(async () => {
  await session.close()
  rmSync(directory, { recursive: true })
})

/** The names offered where `▏` stands, and the text that one of them replaces. */
async function offered(draft: string): Promise<{ names: readonly string[]; replaces: string }> {
  const position = draft.indexOf('▏')
  const source = draft.replace('▏', '')
  const found = await session.complete(source, position)
  return { names: found.map(({ name }) => name), replaces: source.slice(found[0]?.from ?? position, position) }
}

test.each([
  ['a colon command', ':foc▏', 'focus', 'foc'],
  ['a selection for :focus', ':focus fai▏', 'failed', 'fai'],
  ['a group in a pattern', ':hosts here,@n▏', '@near', '@n'],
  ['a notebook', ':open ▏', 'fix-ntp', ''],
  ['a cell', ':undo ▏', '1', ''],
  ['a group in match', "match('@ne▏')", '@near', '@ne'],
  ['a host behind an operator', "fleet.match('@near&he▏", 'here', 'he'],
  ['a group by its type', "group('▏')", 'near', ''],
  ['a user', "server.user({ user: 'ro▏' })", 'root', 'ro'],
  ['a group of accounts', "server.user({ user: 'x', groups: ['r▏'] })", 'root', 'r'],
  ['a user asked of a fact', "facts.server.user({ user: '▏' })", userInfo().username, ''],
  ['the root', "files.line({ path: '▏' })", '/', ''],
  ['a remote path', `files.line({ path: '${directory}/th▏' })`, 'there/', 'th'],
  [
    'a remote path in a function of the host',
    `files.put(h => ({ dest: '${directory}/there/a▏' }))`,
    'a file.conf',
    'a',
  ],
  ['a remote path of a call', `host('here').read('${directory}/there/▏')`, 'a file.conf', ''],
  ['a local path', "files.put({ src: 'there/▏', dest: '/x' })", 'etc/', ''],
  ['an argument key', 'files.line({ pa▏ })', 'path', 'pa'],
])('%s', async (_what, draft, name, replaces) => {
  const found = await offered(draft)
  expect(found.names).toContain(name)
  expect(found.replaces).toBe(replaces)
})

test('the best match comes first, and a text that names nothing offers nothing of hosts', async () => {
  expect((await offered(':gua▏')).names[0]).toBe('guard')
  expect((await offered("files.line({ path: '/etc/ntp.conf', line: 'ro▏' })")).names).not.toContain('root')
})
