import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { fileReason, printfPieces, readScript, writeScript } from './file-scripts.js'

describe('printfPieces', () => {
  test('stays printable, quotable text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), content => {
        for (const piece of printfPieces(content) ?? []) expect(piece).toMatch(/^(?!-)[\n\x20-\x26\x28-\x7e]*$/)
      }),
      { examples: [[Buffer.from('-n')]] },
    )
  })
  test('gives up when the escaped text would be too long', () => {
    expect(printfPieces(Buffer.alloc(200 * 1024, 'a'))).toHaveLength(4)
    expect(printfPieces(Buffer.alloc(200 * 1024))).toBeUndefined()
  })
})

describe.each(SHELLS)('file scripts in %s', (_name, program, ...args) => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-files-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const write = (path: string, content: Uint8Array, mode?: string) => {
    const script = writeScript({ path, content, temp: '.muster-n.tmp', ...(mode === undefined ? {} : { mode }) })
    if (script === undefined) throw new Error('too long')
    return spawnSync(program, [...args, '-c', script], { input: '' })
  }

  test('what is written is what is read, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), content => {
        const path = join(folder, "it's $a file")
        expect(write(path, content).status).toBe(0)
        expect(readFileSync(path).equals(content)).toBe(true)
        const { stdout } = spawnSync(program, [...args, '-c', readScript(path)])
        expect(stdout.equals(content)).toBe(true)
      }),
      { numRuns: 25, examples: [[Buffer.from('-n')], [Buffer.from('--\0')], [Buffer.from('%s\\')]] },
    )
  })

  test('mode as asked, else 0644, else as it was', () => {
    const path = join(folder, 'mode')
    const mode = () => (statSync(path).mode & 0o7777).toString(8)
    write(path, Buffer.from('a'))
    expect(mode()).toBe('644')
    write(path, Buffer.from('b'), '0600')
    expect(mode()).toBe('600')
    write(path, Buffer.from('c'))
    expect([mode(), readFileSync(path, 'utf8')]).toEqual(['600', 'c'])
  })

  test('what cannot be written replaces nothing, and says why in the words of the system', () => {
    const path = join(folder, 'limited')
    writeFileSync(path, 'old')
    const script = writeScript({ path, content: Buffer.alloc(20_000), temp: '.muster-n.tmp' })
    // A limit of 4 blocks on the size of files, its signal ignored: as a full disk, a write that fails half-way.
    const { status, stderr } = spawnSync(program, [...args, '-c', `trap '' XFSZ; ulimit -f 4; ${script}`])
    expect(fileReason(status ?? 0, stderr)).toBe('larger than the file system or a limit allows')
    expect([readFileSync(path, 'utf8'), readdirSync(folder).filter(name => name.startsWith('.muster'))]).toEqual([
      'old',
      [],
    ])
  })

  test.each([
    ['no/such/folder/f', 'the directory does not exist'],
    ['.', 'it is a directory'],
    ['loop', 'the symbolic links go in a circle'],
  ])('%s: %s', (name, reason) => {
    rmSync(join(folder, 'loop'), { force: true })
    symlinkSync('loop', join(folder, 'loop'))
    const { status } = write(join(folder, name), Buffer.from('x'))
    expect(fileReason(status ?? 0, Buffer.alloc(0))).toBe(reason)
  })
})

test('an exit code of nobody’s is told with the last words', () => {
  expect(fileReason(3, Buffer.from('a\nb: bad\n'))).toBe('failed with exit code 3 (b: bad)')
})
