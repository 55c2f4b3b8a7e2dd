import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Operation, operation } from '../../../src/engine/operation.js'
import { callOf } from '../../../src/engine/plan/change.js'
import * as facts from '../../../src/facts/index.js'
import { files, server } from '../../../src/operations/index.js'
import { RealHost } from '../local/real-host.js'
import { linkThrough, localShells } from '../local/shells.js'

describe.each(localShells())('file operations under $name', shell => {
  const { link, close } = linkThrough(shell)
  afterAll(close)
  const host = new RealHost(link)
  let root = ''
  const at = (...names: string[]) => join(root, ...names)
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'muster-operations-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  /** Plans, applies (which measures and plans again), checks that nothing is left to do, and takes it all back. */
  async function thereAndBack<A>(operation: Operation<A>, args: NoInfer<A>, there: () => void): Promise<string[]> {
    const planned = await host.plan(operation, args)
    expect(planned.outcome).toBe('change')
    const applied = await host.apply(operation, args)
    expect(applied.changed).toBe(true)
    expect(applied.changes.map(({ summary, diff }) => ({ summary, diff }))).toEqual(
      planned.changes.map(({ summary, diff }) => ({ summary, diff })),
    )
    there()
    expect((await host.plan(operation, args)).outcome).toBe('same')
    await host.undo(applied)
    return applied.changes.map(({ summary }) => summary.replaceAll(root, ''))
  }

  test('files.line adds, replaces and removes', async () => {
    const path = at('ntp.conf')
    writeFileSync(path, 'driftfile x\nserver old.example', { mode: 0o640 })
    chmodSync(path, 0o640)
    const args = { path, line: 'server new.example', replace: /^server / }
    const summaries = await thereAndBack(files.line, args, () => {
      expect(readFileSync(path, 'utf8')).toBe('driftfile x\nserver new.example')
      expect(statSync(path).mode & 0o7777).toBe(0o640)
    })
    expect(summaries).toEqual(['edit /ntp.conf'])
    expect(readFileSync(path, 'utf8')).toBe('driftfile x\nserver old.example')
    await thereAndBack(files.line, { path: at('new'), line: 'one' }, () => {
      expect(readFileSync(at('new'), 'utf8')).toBe('one\n')
    })
    expect(existsSync(at('new'))).toBe(false)
    const gone = { path, line: /^server/, present: false }
    await thereAndBack(files.line, gone, () => expect(readFileSync(path, 'utf8')).toBe('driftfile x\n'))
  })

  test('what writes a file whole edits it first, so that there is nothing left to do', async () => {
    const edits = [
      { line: 'server new', replace: /^server/ },
      { pattern: /drift/, replacement: 'step' },
      { line: 'last' },
      { line: /^gone/, present: false },
    ]
    const content = 'driftfile x\nserver old\ngone 1\ngone 2\n'
    const edited = () => expect(readFileSync(at('conf'), 'utf8')).toBe('stepfile x\nserver new\nlast\n')
    await thereAndBack(files.put, { dest: at('conf'), content, edits }, edited)
    await thereAndBack(files.template, { dest: at('conf'), src: () => content, edits }, edited)
    writeFileSync(at('from'), content)
    await thereAndBack(files.copy, { src: at('from'), dest: at('conf'), edits }, edited)
    const refused = await host.plan(files.put, { dest: at('conf'), content: Buffer.from([255]), edits })
    expect(refused.outcome === 'failed' && refused.error.message).toContain(
      'the content is no text of at most 1 MiB, which alone can be edited',
    )
  })

  test('files.line through a link edits what it leads to', async () => {
    writeFileSync(at('real'), 'a\n')
    symlinkSync('real', at('link'))
    await thereAndBack(files.line, { path: at('link'), line: 'b' }, () => {
      expect(readFileSync(at('real'), 'utf8')).toBe('a\nb\n')
      expect(readlinkSync(at('link'))).toBe('real')
    })
    expect(readFileSync(at('real'), 'utf8')).toBe('a\n')
  })

  test('files.put creates directories, sets the mode, keeps binary content for the way back', async () => {
    const dest = at('a', 'b', 'c')
    const summaries = await thereAndBack(files.put, { content: 'x', dest, mode: '600' }, () => {
      expect(statSync(dest).mode & 0o7777).toBe(0o600)
    })
    expect(summaries).toEqual(['create directory /a', 'create directory /a/b', 'create /a/b/c with mode 0600'])
    expect(existsSync(at('a'))).toBe(false)

    const bytes = Buffer.from([0, 255, 1])
    writeFileSync(at('bin'), bytes)
    await thereAndBack(files.put, { content: 'text', dest: at('bin'), mode: '4711' }, () => {
      expect(statSync(at('bin')).mode & 0o7777).toBe(0o4711)
    })
    expect(readFileSync(at('bin'))).toEqual(bytes)
  })

  test('files.put sends no other large file than the one that was planned', async () => {
    writeFileSync(at('src'), Buffer.alloc(1024 * 1024 + 1, 'n'))
    const plan = await host.plan(files.put, { src: at('src'), dest: at('dest') })
    const [change] = plan.changes
    if (!change) throw new Error('no change')
    expect(change.steps).toEqual([
      expect.objectContaining({ kind: 'write', content: expect.objectContaining({ path: at('src'), size: 1048577 }) }),
    ])
    const planned = operation({
      name: 'test.planned',
      summary: 'What was planned before.',
      args: z.undefined(),
      async *plan() {
        yield change
      },
    })
    writeFileSync(at('src'), Buffer.alloc(1024 * 1024 + 2, 'm'))
    await expect(host.apply(planned, undefined)).rejects.toThrow(
      `could not create ${at('dest')}: ${at('src')} has changed on this machine since it was planned`,
    )
    expect(existsSync(at('dest'))).toBe(false)
  })

  test('files.put of a local file; a large one is told by its hash and cannot be taken back', async () => {
    writeFileSync(at('src'), Buffer.alloc(1024 * 1024 + 1, 'n'))
    writeFileSync(at('dest'), Buffer.alloc(1024 * 1024 + 1, 'o'))
    const plan = await host.plan(files.put, { src: at('src'), dest: at('dest') })
    expect(plan.changes).toHaveLength(1)
    expect(plan.changes[0]?.diff).toMatchObject({ kind: 'fields', fields: { sha256: {} } })
    expect(plan.changes[0]?.irreversible).toContain('too large')
    await host.apply(files.put, { src: at('src'), dest: at('dest') })
    expect(readFileSync(at('dest'), 'latin1')[0]).toBe('n')
  })

  test('files.put says what is wrong', async () => {
    mkdirSync(at('dir'))
    const failure = async (args: Parameters<typeof host.plan<{ content: string; dest: string }>>[1]) => {
      const plan = await host.plan(files.put, args)
      return plan.outcome === 'failed' ? plan.error.message : plan.outcome
    }
    expect(await failure({ content: '', dest: at('dir') })).toBe(`${at('dir')} is a directory, not a file.`)
    writeFileSync(at('file'), '')
    expect(await failure({ content: '', dest: at('file', 'x') })).toContain('is a file, so')
    expect(() => files.put.check({ content: '', dest: 'relative' })).toThrow('dest: expected an absolute path')
    expect(() => files.put.check({ dest: '/x' })).toThrow('give either src or content')
    expect(() => files.put.check({ content: '', dest: '/x', mode: 644 })).toThrow("octal text: '0644'")
    expect(() => files.put.check({ content: '', dest: '/x', presnt: true })).toThrow('presnt')
  })

  test('files.directory with everything below it', async () => {
    await thereAndBack(files.directory, { path: at('d'), mode: '2750' }, () => {
      expect(statSync(at('d')).mode & 0o7777).toBe(0o2750)
    })
    mkdirSync(at('d', 'sub'), { recursive: true })
    writeFileSync(at('d', 'sub', 'f'), '')
    const deep = await host.apply(files.directory, { path: at('d'), mode: '0700', recursive: true })
    expect(deep.changes.map(({ summary }) => summary.replaceAll(root, ''))).toEqual([
      'set mode 0700 on /d',
      'set mode 0700 below /d',
    ])
    expect(statSync(at('d', 'sub', 'f')).mode & 0o777).toBe(0o700)
    const removal = await host.apply(files.directory, { path: at('d'), present: false })
    expect(removal.changes[0]?.irreversible).toContain('not kept')
    expect(existsSync(at('d'))).toBe(false)
  })

  test('files.link, symbolic and hard', async () => {
    mkdirSync(at('one'))
    mkdirSync(at('two'))
    symlinkSync('one', at('link'))
    await thereAndBack(files.link, { path: at('link'), target: 'two' }, () => {
      expect(readlinkSync(at('link'))).toBe('two')
      expect(existsSync(at('one', 'two'))).toBe(false)
    })
    expect(readlinkSync(at('link'))).toBe('one')
    await thereAndBack(files.link, { path: at('link'), present: false }, () => {
      expect(lstatSync(at('link'), { throwIfNoEntry: false })).toBeUndefined()
    })
    expect(readlinkSync(at('link'))).toBe('one')
    writeFileSync(at('first'), '')
    await thereAndBack(files.link, { path: at('second'), target: at('first'), symbolic: false }, () => {
      expect(statSync(at('second')).ino).toBe(statSync(at('first')).ino)
    })
    linkSync(at('first'), at('third'))
    expect((await host.plan(files.link, { path: at('one'), target: 'x' })).outcome).toBe('failed')
  })

  test('files.file touches and removes', async () => {
    await thereAndBack(files.file, { path: at('f'), mode: '0600' }, () => expect(statSync(at('f')).size).toBe(0))
    writeFileSync(at('f'), 'kept\n')
    await thereAndBack(files.file, { path: at('f'), present: false }, () => expect(existsSync(at('f'))).toBe(false))
    expect(readFileSync(at('f'), 'utf8')).toBe('kept\n')
  })

  test('owner and group are changed and put back', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'needs root to give files away')
    writeFileSync(at('f'), 'x')
    chmodSync(at('f'), 0o4755)
    await thereAndBack(files.put, { content: 'x', dest: at('f'), owner: 'nobody', group: 'daemon' }, () => {
      expect(statSync(at('f'))).toMatchObject({ uid: 65534, gid: 1 })
      expect(statSync(at('f')).mode & 0o7777).toBe(0o4755)
    })
    expect(statSync(at('f'))).toMatchObject({ uid: 0, gid: 0 })
    mkdirSync(at('shared'))
    await host.apply(files.directory, { path: at('shared'), group: 'daemon', mode: '2775' })
    await host.apply(files.put, { content: '', dest: at('shared', 'sub', 'f') })
    expect(statSync(at('shared', 'sub', 'f')).gid).toBe(1)
  })

  test('a plan of several calls sees what the earlier ones predict', async () => {
    const path = at('conf')
    const plans = await host.planAll([
      callOf(files.put, { content: 'a\n', dest: path }),
      callOf(files.line, { path, line: 'b' }),
      callOf(files.line, { path, line: 'b' }),
      callOf(server.shell, { commands: 'true' }),
      callOf(files.line, { path, line: 'b' }),
    ])
    expect(plans.map(({ outcome }) => outcome)).toEqual(['change', 'change', 'same', 'change', 'unknown'])
    expect(plans[1]?.changes[0]?.diff).toMatchObject({ before: 'a\n', after: 'a\nb\n' })
  })

  test('server.shell runs each time', async () => {
    const args = { commands: [`echo one >>'${at('log')}'`, `echo two >>'${at('log')}'`] }
    await host.apply(server.shell, args)
    const again = await host.apply(server.shell, args)
    expect(again.changed).toBe(true)
    expect(readFileSync(at('log'), 'utf8')).toBe('one\ntwo\none\ntwo\n')
    await expect(host.apply(server.shell, { commands: ['echo no >&2; exit 3'] })).rejects.toThrow('exited with 3: no')
  })

  test('any name and any text go there and back', async () => {
    await fc.assert(
      fc.asyncProperty(fileName, fc.string(), fc.string(), async (name, before, after) => {
        fc.pre(before !== after)
        const dest = at(name)
        writeFileSync(dest, before)
        await thereAndBack(files.put, { content: after, dest }, () => expect(readFileSync(dest, 'utf8')).toBe(after))
        expect(readFileSync(dest, 'utf8')).toBe(before)
        await thereAndBack(files.link, { path: at('to'), target: name }, () =>
          expect(readlinkSync(at('to'))).toBe(name),
        )
        const applied = await host.apply(files.file, { path: dest, present: false })
        expect(existsSync(dest)).toBe(false)
        expect(applied.changed).toBe(true)
        expect(await host.fact(facts.files.text, { path: dest })).toBeUndefined()
      }),
      { numRuns: 8 },
    )
  })
})

const fileName = fc
  .string({ unit: fc.constantFrom(...' \n\t\'"$`\\*?[]-!#&;|<>(){}~=aZ0.é'), minLength: 1, maxLength: 12 })
  .filter(name => name !== '.' && name !== '..' && name !== 'to')
