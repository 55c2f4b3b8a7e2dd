import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { LanguageClient } from '../../src/repl/language/client.js'

const dist = path.join(import.meta.dirname, '../../dist')
const folder = path.join(dist, 'repl/language')
const packages = { muster: path.join(dist, 'index.d.ts'), 'muster/session': path.join(dist, 'session.d.ts') }
const opened: LanguageClient[] = []
afterEach(() => Promise.all(opened.splice(0).map(language => language.close())))

/** Asks the process that wakes from the snapshot of the build, in a project of its own. */
function frozen(): LanguageClient {
  const [snapshot, ...others] = readdirSync(folder).filter(name => name.endsWith('.blob'))
  expect(others, 'snapshots of older builds').toEqual([])
  const language = new LanguageClient(
    { cwd: path.join(import.meta.dirname, '../..'), packages },
    { snapshot: path.join(folder, snapshot ?? 'none') },
  )
  opened.push(language)
  return language
}

/** The processes that were started from a snapshot by this one. */
function woken(): number[] {
  return readdirSync('/proc').flatMap(name => {
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
      return Number(parent) === process.pid && command.includes('--snapshot-blob') ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

test('a process that wakes from the snapshot of the build knows the types of the language, of Node, of muster and of the project', async () => {
  const language = frozen()
  const prompt = "declare const fleet: import('muster').Fleet\ndeclare const x: import('vitest').TestContext"
  await language.declare('prompt.d.ts', prompt)
  const source = "import { readFileSync } from 'node:fs'\nconst a: string = readFileSync('/x').length\nfleet.group(1)"
  expect(await language.check(source)).toMatchObject([
    { code: 2322, line: 2 },
    { code: 2345, line: 3 },
  ])
  expect(await language.commit(1, 'const web = fleet.group("web")')).toBe('./.cell-1')
  expect((await language.complete('web.an', 6)).entries.map(({ name }) => name)).toContain('and')
  expect((await language.quickInfo('web', 1))?.text).toContain('Fleet')
  expect((await language.quickInfo('x.task', 3))?.text).toContain('task')
  expect((await language.definition('fleet.group', 8))?.kind).toBe('file')
})

test('a snapshot that others may write is not started from', async () => {
  const built: { usableSnapshot(): string | undefined } = await import(path.join(folder, 'snapshot.js'))
  const { usableSnapshot } = built
  const file = usableSnapshot()
  expect(path.dirname(String(file))).toBe(folder)
  chmodSync(String(file), 0o664)
  try {
    expect(usableSnapshot()).not.toBe(file)
  } finally {
    chmodSync(String(file), 0o644)
  }
})

test('when that process is killed another is started and told the same; when the session is over none is left', async () => {
  const language = frozen()
  await language.declare('prompt.d.ts', 'declare const size: number')
  await language.ready()
  const [first, ...others] = woken()
  expect(others).toEqual([])
  if (first !== undefined) process.kill(first, 'SIGKILL')
  expect(await language.check('size.x')).toMatchObject([{ code: 2339 }])
  expect(woken()).not.toEqual([first])
  await language.close()
  expect(woken()).toEqual([])
})
