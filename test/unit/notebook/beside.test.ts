import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openNotebook } from '../../../src/repl/notebook/notebook-file.js'
import { parseNotebook } from '../../../src/repl/notebook/percent.js'
import { type WatchedSession, watchSession } from '../../fleet/watched-session.js'

let work: string
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'muster-beside-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** A repository of two hosts, both this machine, with a notebook that was written by hand. */
function repository(name: string): string {
  const path = join(work, name)
  mkdirSync(join(path, 'history'), { recursive: true })
  writeFileSync(join(path, 'lib.ts'), `export const conf = (host: string) => '${join(path, '')}/' + host + '.conf'\n`)
  writeFileSync(
    join(path, 'inventory.ts'),
    `export default { hosts: { a: { connector: 'local' }, b: { connector: 'local' } }, groups: { first: { hosts: ['a'] } } }\n`,
  )
  writeFileSync(join(path, '.gitignore'), 'history/*/\nhistory/inputs.jsonl\n')
  writeFileSync(join(path, 'history', 'fix.ts'), NOTEBOOK)
  return path
}

const NOTEBOOK = `// ---
// title: Fix
// ---
import { $, files } from 'muster/session'

// %% [markdown]
// Words of a person.

// %% Which are there?
const names = (await $\`uname\`).ok.names

// %% focus="first"
import { conf } from '../lib.js'
const who = (await $\`uname\`).ok.names.join()

// %%
await files.put(host => ({ dest: conf(host.name), content: 'x\\n' }))

// %%
names.length * 20 + 1
`

async function open(directory: string): Promise<WatchedSession> {
  const session = await watchSession({ hosts: {} }, { directory, notebook: 'fix', checkTypes: false })
  onTestFinished(() => session.close())
  return session
}

const say = async ({ port }: WatchedSession, line: string): Promise<string> => {
  const reply = await port.command(line)
  return reply.kind === 'text' ? reply.text : ''
}

test('cells run one by one, or up to the next that may change hosts; what they came to and what was typed is added when it is saved; an edit of somebody else is shown and kept', async () => {
  const directory = repository('one')
  const file = join(directory, 'history', 'fix.ts')
  const session = await open(directory)
  expect(session.since('notebook.opened')[0]?.cells.map(({ number }) => number)).toEqual([undefined, 1, 2, 3, 4])
  expect(session.since('cell.start')).toEqual([])

  expect(await say(session, 'run all')).toBe(
    'Stopped before cell 3 of the notebook, which may change hosts: :run runs it, :run rest what follows.',
  )
  expect(session.since('cell.end').map(({ end }) => end.kind)).toEqual(['ok', 'ok'])
  expect(session.since('approval.asked')).toEqual([])
  expect(await session.read('who')).toBe('a') // its focus, and the session's is as it was
  expect(await say(session, 'run')).toBe('')
  expect(session.since('approval.asked')).toHaveLength(1)
  expect(await say(session, 'run rest')).toBe('')
  expect(await session.read('_ + 1')).toBe('42')
  await expect(say(session, 'run')).rejects.toThrow('That was the last cell of the notebook.')
  await expect(say(session, 'run 9')).rejects.toThrow('The notebook has cells 1 to 4, and no cell 9.')
  await expect(say(session, 'run some')).rejects.toThrow(
    ':run takes nothing for the next cell, its number, from N, rest',
  )
  await say(session, 'run 1')
  expect(await say(session, 'save')).toBe('saved history/fix.ts')

  const text = readFileSync(file, 'utf8')
  expect(text.replace(/id="\w{8}"/g, 'id=""')).toBe(
    `${NOTEBOOK.replace('names.length * 20 + 1', 'const result5 = names.length * 20 + 1')
      .replace('there?', 'there? id=""')
      .replace('focus="first"', 'focus="first" id=""')
      .replaceAll('// %%\n', '// %% id=""\n')}
// %% id=""
who

// %% id=""
result5 + 1
`,
  )
  const saved = await openNotebook(file)
  expect(saved.cells.slice(1).map(({ stale, latest }) => [stale, latest?.end.kind])).toEqual(
    Array.from({ length: 6 }, () => [false, 'ok']),
  )
  const runs = (): number =>
    readFileSync(file.replace('.ts', '.outputs.jsonl'), 'utf8').trimEnd().split('\n').length - 1
  expect(runs()).toBe(7) // cell 1 twice
  await say(session, 'save')
  expect([readFileSync(file, 'utf8'), runs()]).toEqual([text, 7])

  // somebody edits it
  session.mark()
  writeFileSync(file, text.replace('20 + 1', '30 + 1').replace('Words of a person', 'Better words'))
  const note = await session.next('note', ({ text: said }) => said.includes('changed outside'))
  expect(note.text).toBe('fix was changed outside: changed or new is cell 4.')
  expect(
    session
      .since('notebook.opened')
      .at(-1)
      ?.cells.map(({ stale }) => stale),
  ).toEqual([...[false, false, false, false], ...[true, false, false]])
  await say(session, 'run 4')
  expect(await session.read('"mine"')).toBe('mine')
  await say(session, 'save fix')
  expect(readFileSync(file, 'utf8')).toMatch(/Better words[\s\S]*30 \+ 1[\s\S]*result5 \+ 1[\s\S]*"mine"\n$/)
  expect((await openNotebook(file)).cells.filter(({ stale }) => stale)).toEqual([])

  // what the session saved elsewhere and somebody changed since is not written over
  await say(session, 'save other')
  await say(session, 'save other')
  const another = join(directory, 'history', 'other.ts')
  writeFileSync(another, `${readFileSync(another, 'utf8')}\n// %%\n"theirs"\n`)
  await expect(say(session, 'save other')).rejects.toThrow(
    /other\.ts was changed by somebody since this session saved it, and is left as it is: save under another name, or :open other first/,
  )
  await say(session, 'open other')
  await session.read('2 + 2')
  await say(session, 'save')
  expect(
    parseNotebook(readFileSync(another, 'utf8'))
      .cells.map(({ source }) => source)
      .slice(-3),
  ).toEqual([...['"mine"', '"theirs"', '2 + 2']])
}, 240_000)

test('the notebooks of two people merge in git; a conflict stays readable, is said when it is opened, and nothing runs until it is resolved', async () => {
  const first = repository('first')
  const git = (directory: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], {
      cwd: directory,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  git(first, 'init', '-qb', 'main')
  const notebook = join(first, 'history', 'fix.ts')
  let ids = 0
  writeFileSync(
    notebook,
    NOTEBOOK.replace(/^\/\/ %%(?! \[).*/gm, begin => `${begin} id="cell-${++ids}"`),
  )
  const commit = (directory: string): void => {
    git(directory, 'add', '-A')
    git(directory, 'commit', '-qm', 'more')
  }
  commit(first)
  const second = join(work, 'second')
  cpSync(first, second, { recursive: true })

  // one adds a cell at the end, the other edits and runs a cell in the middle
  const [one, other] = [await open(first), await open(second)]
  await one.read('"added by one"')
  await say(one, 'run 1')
  await say(one, 'save')
  const file = join(second, 'history', 'fix.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace("content: 'x", "content: 'y"))
  await other.next('note', ({ text }) => text.includes('changed outside'))
  await say(other, 'run 1')
  await say(other, 'save')
  for (const directory of [first, second]) commit(directory)
  git(second, 'pull', '-q', '--no-rebase', '--no-edit', first, 'main')
  const merged = await openNotebook(file)
  expect(merged.problems).toEqual([])
  expect(merged.conflict).toBeUndefined()
  expect(merged.cells.map(({ source }) => source)).toEqual(
    expect.arrayContaining([expect.stringContaining("content: 'y"), '"added by one"']),
  )
  expect(merged.cells.at(-1)?.latest?.end).toMatchObject({ kind: 'ok', value: { text: 'added by one' } })
  const outputs = readFileSync(file.replace('.ts', '.outputs.jsonl'), 'utf8')
  const runsOf = (id = ''): number => outputs.split('\n').filter(line => line.includes(`"id":"${id}"`)).length
  expect(runsOf(merged.cells[1]?.id)).toBe(2) // by both

  // both add at the end
  git(first, 'pull', '-q', '--no-rebase', '--no-edit', second, 'main')
  await one.read('"another of one"')
  await say(one, 'save')
  await other.read('"another of the other"')
  await say(other, 'save')
  for (const directory of [first, second]) commit(directory)
  expect(() => git(second, 'pull', '-q', '--no-rebase', '--no-edit', first, 'main')).toThrow()
  const said = await other.next('note', ({ text }) => text.includes('merge conflict'))
  const text = readFileSync(file, 'utf8')
  const line = text.split('\n').findIndex(each => each.startsWith('<<<<<<<')) + 1
  expect(said.text).toBe(
    `fix.ts holds a merge conflict that nobody has resolved, at line ${line}: edit it, keeping what shall stay of both sides, and open it again.`,
  )
  expect(text).toMatch(
    /<<<<<<<[^\n]*\n[\s\S]*"another of the other"\n[\s\S]*=======\n[\s\S]*"another of one"\n[\s\S]*>>>>>>>/,
  )
  await expect(say(other, 'run 1')).rejects.toThrow('holds a merge conflict')
  await expect(say(other, 'save')).rejects.toThrow('holds a merge conflict')
  writeFileSync(file, text.replace(/^(?:<<<<<<<|=======|>>>>>>>).*\n/gm, ''))
  await say(other, 'open fix')
  await say(other, 'run 1')
  const resolved = await openNotebook(file)
  expect(resolved.problems).toEqual([])
  expect(resolved.cells.slice(-2).map(({ latest }) => latest?.end)).toMatchObject([
    { value: { text: 'another of the other' } },
    { value: { text: 'another of one' } },
  ])
}, 240_000)
