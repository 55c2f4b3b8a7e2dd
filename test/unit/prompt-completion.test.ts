import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { SessionPort } from '../../src/repl/protocol.js'
import { openSession } from '../../src/repl/session.js'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const directory = mkdtempSync(join(tmpdir(), 'muster-prompt-'))
let session: SessionPort

beforeAll(async () => {
  mkdirSync(join(directory, 'history'))
  writeFileSync(join(directory, 'history', 'fix-ntp.ts'), '// %%\n1\n')
  mkdirSync(join(directory, 'there', 'etc'), { recursive: true })
  writeFileSync(join(directory, 'there', 'a file.conf'), '')
  mkdirSync(join(directory, 'there', `it's "a\`` + '${b', 'below'), { recursive: true })
  mkdirSync(join(directory, 'node_modules', 'a-package'), { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "dependencies": { "a-package": "1" } }')
  writeFileSync(join(directory, 'node_modules', 'a-package', 'index.d.ts'), 'export declare const one: 1\n')
  const inventory = {
    hosts: { here: { connect: { connector: 'local' }, data: { rack: 'b2' } }, away: {} },
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
  ['a path in a command', `await here.$\`cat ${directory}/th▏\``, 'there/', 'th'],
  ['a path in a command that is not closed', `const a = 1; $\`ls \${a} >${directory}/th▏`, 'there/', 'th'],
  ['a host whose answer is asked for', "(await fleet.$`true`).get('he▏')", 'here', 'he'],
  ['a local path', "files.put({ src: 'there/▏', dest: '/x' })", 'etc/', ''],
  ['an argument key', 'files.line({ pa▏ })', 'path', 'pa'],
  ['a key of data', "host('here').data.▏", 'rack', ''],
  ['a field of a fact', "(await host('here').facts.server.os()).fam▏", 'family', 'fam'],
  ['a package of npm', "import 'a-pack▏'", 'a-package', 'a-pack'],
])('%s', async (_what, draft, name, replaces) => {
  const found = await offered(draft)
  expect(found.names).toContain(name)
  expect(found.replaces).toBe(replaces)
})

test.each([
  ["'", `it\\'s "a\`` + '${b/'],
  ['"', `it's \\"a\`` + '${b/'],
  ['`', `it's "a\\\`` + '\\${b/'],
])('a path with quotes between %s is written so that it stays one text, and goes on below', async (quote, written) => {
  const draft = `files.file({ path: ${quote}${directory}/there/`
  const [odd] = (await session.complete(`${draft}it`, draft.length + 2)).filter(({ kind }) => kind === 'directory')
  expect(odd).toMatchObject({ insert: written, from: draft.length })
  expect(await offered(`${draft}${written}be▏`)).toEqual({ names: ['below/'], replaces: 'be' })
})

test('in a command no path is guessed that goes on from a value, or that the shell would read otherwise', async () => {
  const none = { names: [], replaces: '' }
  expect(await offered("new Map([['a', 1]]).get('▏')")).toEqual(none)
  expect(await offered(`const dir = '${directory}'; await $\`cat \${dir}/▏\``)).toEqual(none)
  expect(await offered("await $`sed 's/▏'`")).toEqual(none)
  const { names } = await offered(`await $\`ls ${directory}/there/▏\``)
  expect(names).toContain('etc/')
  expect(names).not.toContain('a file.conf')
})

/** What accepting a completion inserts, where it leaves something to be filled in. */
async function snippetOf(draft: string, name: string): Promise<string | undefined> {
  const found = await session.complete(draft.replace('▏', ''), draft.indexOf('▏'))
  return found.find(each => each.name === name)?.snippet?.text
}

test('an operation brings the arguments it must have, unless a call is there already; a key its value', async () => {
  expect(await snippetOf('files.li▏', 'line')).toBe("line({ path: '', line: '' })")
  expect(await snippetOf('files.li▏({ path })', 'line')).toBeUndefined()
  expect(await snippetOf('facts.server.o▏', 'os')).toBeUndefined()
  expect(await snippetOf('files.line({ pa▏', 'path')).toBe("path: ''")
})

test('what fits what is wanted comes first, keys as they are defined, and what was used before the rest', async () => {
  expect((await session.run("const spot = 5; const spat = '/etc/motd'; const spit = () => 'x'")).kind).toBe('ok')
  expect((await offered("files.line({ line: '', path: sp▏ })")).names.slice(0, 3)).toEqual(['spit', 'spat', 'spot'])
  expect((await offered('const n: number = sp▏')).names[0]).toBe('spot')
  expect((await session.run('spat')).kind).toBe('ok')
  expect((await offered('sp▏')).names[0]).toBe('spat')
  expect((await offered('files.line({ present: ▏ })')).names.slice(0, 2).sort()).toEqual(['false', 'true'])
})

test('the call being written is that of the definition, from its first blank on; required first, the key at the cursor marked', async () => {
  const shown = async (draft: string) => {
    const { signature } = await session.assist(draft, draft.length)
    return signature && `${signature.before}[${signature.active}]${signature.after}`
  }
  expect(await shown('files.line({ ')).toBe('files.line({ path, line, present?, replace?, after?, before? })[]')
  expect(await shown("group('near').files.line({ path:")).toBe(
    'files.line({ [path], line, present?, replace?, after?, before? })',
  )
})

test('NAME? as a line shows type, documentation, examples and source of anything', async () => {
  const what = async (name: string) => {
    const reply = await session.command(`help ${name}?`)
    return reply.kind === 'text' ? reply.text : ''
  }
  expect((await session.run('/** Hosts of this room. */\nconst room = fleet')).kind).toBe('ok')
  expect(await what('room')).toMatch(/^const room: .*\nHosts of this room\.\nfrom cell \d+, line 2$/)
  const line = await what('files.line')
  for (const part of [
    'A line in a text file is there',
    'Absolute path on the host.',
    'example\n  await web.files.line({',
  ])
    expect(line).toContain(part)
  expect(line).toMatch(/from \/.*\/operations\/files\/line\.(d\.)?ts:\d+$/)
  expect(await what('focus')).toMatch(/focus: .*Fleet/)
  expect(await what('files')).toContain('files.line')
  await expect(what('nonsuch')).rejects.toThrow('There is no fact, operation or command nonsuch')
})

test('of a domain it is told what is in it, not how its type is computed', async () => {
  expect(await session.describe('fleet.', 6, 'files')).toMatch(/^files {2}\(operations\)\n.*\bline, link\b/)
  expect(await session.describe("host('here').facts.", 19, 'server')).toMatch(/^server {2}\(facts\)\n.*\bos\b/)
  expect(await session.help('fleet.files', 8)).toMatchObject({
    title: 'files  (operations)',
    args: expect.arrayContaining([expect.objectContaining({ name: 'line', type: 'operation' })]),
  })
})

test('a group or host that is not there: did you mean, and the fix', async () => {
  const problem = async (draft: string) => (await session.assist(draft, draft.length)).problems[0]
  expect(await problem("group('naer').size")).toMatchObject({
    message: 'There is no group naer; did you mean near?',
    fix: { title: 'write near', start: 7, end: 11, text: 'near' },
  })
  expect((await problem("host('hree')"))?.message).toBe('There is no host hree; did you mean here?')
  expect((await problem("fleet.group('database')"))?.message).toBe('There is no group database; there are near.')
  expect(await problem("const how: 'left' | 'right' = 'rihgt'")).toMatchObject({
    message: expect.stringMatching(/Did you mean .*right/),
    fix: { start: 31, end: 36, text: 'right' },
  })
  // at run time, where no type could tell
  const end = await session.run("group('naer' as 'near')", { force: true })
  expect(end).toMatchObject({ error: { message: expect.stringContaining('did you mean near?') } })
})

test('the best match comes first, and a text that names nothing offers nothing of hosts', async () => {
  expect((await offered(':gua▏')).names[0]).toBe('guard')
  expect((await offered("files.line({ path: '/etc/ntp.conf', line: 'ro▏' })")).names).not.toContain('root')
})
