import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { listScript, readList } from './list-script.js'

const FILE = '81a4 5'
const DIRECTORY = '41ed 0'
const LINK = 'a1ff 0'
const answer = (lines: readonly string[], ...fields: readonly string[]) =>
  Buffer.from([lines.join('\n'), ...fields].map(field => `${field}\0`).join(''))

describe('what a host lists', () => {
  test('files, directories, links and others', () => {
    const { entries, skipped } = readList(
      answer([DIRECTORY, FILE, LINK, '11a4 0', DIRECTORY, '89ed 7'], '.', './f', './l', './pipe', './d', './d/x', 'f'),
    )
    expect(entries.map(({ type, path }) => [type, path.toString()])).toEqual([
      ['directory', ''],
      ['file', 'f'],
      ['link', 'l'],
      ['directory', 'd'],
      ['file', 'd/x'],
    ])
    expect(skipped.map(String)).toEqual(['pipe'])
    expect(entries.at(-1)).toMatchObject({ mode: 0o755, size: 7 })
  })

  test.each<readonly [title: string, lines: readonly string[], fields: readonly string[], problem: string]>([
    ['above it', [DIRECTORY, FILE], ['.', './../etc/passwd'], 'outside of the directory'],
    ['above it, further down', [DIRECTORY, DIRECTORY, FILE], ['.', './a', './a/../../x'], 'outside of the directory'],
    ['through a link', [DIRECTORY, LINK, FILE], ['.', './a', './a/x', '/etc'], 'in no directory of it'],
    ['in a directory that it does not list', [DIRECTORY, FILE], ['.', './a/x'], 'in no directory of it'],
    ['without a name', [DIRECTORY, FILE], ['.'], 'cut off'],
    ['without a target', [DIRECTORY, LINK], ['.', './a'], 'cut off'],
  ])('a file %s is refused', (_title, lines, fields, problem) => {
    expect(() => readList(answer(lines, ...fields))).toThrow(problem)
  })
})

describe.each(SHELLS)('the list script in %s', (_name, program, ...args) => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-list-'))
    mkdirSync(join(folder, 'tree', 'd'), { recursive: true })
    writeFileSync(join(folder, 'tree', 'f\n'), '12345')
    writeFileSync(join(folder, 'tree', 'd', '-x'), '')
    chmodSync(join(folder, 'tree', 'd', '-x'), 0o751)
    symlinkSync('nowhere\n', join(folder, 'tree', 'broken'))
    symlinkSync('d', join(folder, 'tree', 'to d'))
    symlinkSync('tree', join(folder, 'top'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const list = (path: string, follow: boolean, before = '') => {
    const script = before + listScript(Buffer.from(join(folder, path)), follow)
    const { stdout, status } = spawnSync(program, [...args, '-c', script])
    const { entries } = readList(stdout)
    const texts = entries.map(entry => {
      const rest = entry.type === 'link' ? [entry.target.toString()] : [entry.mode.toString(8)]
      return [entry.type, entry.path.toString(), ...rest, ...(entry.type === 'file' ? [entry.size] : [])]
    })
    return { status, entries: texts.sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1)) }
  }
  const all = [
    ['directory', '', '755'],
    ['link', 'broken', 'nowhere\n'],
    ['directory', 'd', '755'],
    ['file', 'd/-x', '751', 0],
    ['file', 'f\n', '644', 5],
  ]

  test('a tree, behind a link given as its top', () => {
    expect(list('top', false)).toEqual({ status: 0, entries: [...all, ['link', 'to d', 'd']] })
  })

  test('links followed, where they lead anywhere', () => {
    expect(list('tree', true)).toEqual({
      status: 0,
      entries: [...all, ['directory', 'to d', '755'], ['file', 'to d/-x', '751', 0]],
    })
  })

  test('one file', () => {
    expect(list('tree/f\n', false)).toEqual({ status: 0, entries: [['file', '', '644', 5]] })
  })

  test('a host without stat', () => {
    const bin = join(folder, 'bin')
    mkdirSync(bin, { recursive: true })
    for (const name of ['sh', 'find', 'wc', 'readlink']) symlinkSync(`/usr/bin/${name}`, join(bin, name))
    const { entries } = list('tree', false, `PATH=${bin}; `)
    expect(entries).toEqual([
      ['directory', '', '755'],
      ['link', 'broken', 'nowhere\n'],
      ['directory', 'd', '755'],
      // busybox brings its own stat wherever it looks
      ['file', 'd/-x', expect.stringMatching(/^75[15]$/), 0],
      ['file', 'f\n', '644', 5],
      ['link', 'to d', 'd'],
    ])
  })
})
