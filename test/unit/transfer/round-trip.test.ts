import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Cargo } from '../../../src/engine/transfer/cargo.js'
import { linkThrough, localShells } from '../local/shells.js'

/** A name is bytes: anything but NUL and `/`. Odd ones come up often. */
const name = fc
  .oneof(
    fc
      .constantFrom(
        '-',
        '-n',
        '--',
        '*',
        '?',
        '~',
        '$HOME',
        '`id`',
        "'",
        '"',
        '\\',
        '\n',
        ' ',
        '\n\n',
        'a\n',
        '\\n',
        '%s',
        '!',
        '...',
        '#',
        ';',
        '\t',
      )
      .map(text => Buffer.from(text)),
    fc
      .uint8Array({ minLength: 1, maxLength: 12 })
      .map(bytes => Buffer.from(bytes.map(byte => (byte === 0 || byte === 0x2f ? 0x61 : byte)))),
    fc
      .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
      .map(text => Buffer.from(text.replace(/[/\0]/g, '_').slice(0, 60))),
  )
  .filter(bytes => !['.', '..', ''].includes(bytes.toString('latin1')))

const content = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(
    Buffer.alloc(16 * 1024, 'edge'),
    Buffer.alloc(16 * 1024 + 1, 'big '),
    Buffer.alloc(300_000, "'\\%\n"),
  ),
)
const mode = fc.constantFrom(0o644, 0o600, 0o755, 0o400, 0o444, 0o777)

type Node =
  | { readonly kind: 'file'; readonly mode: number; readonly content: Uint8Array }
  | { readonly kind: 'link'; readonly target: Buffer }
  | { readonly kind: 'directory'; readonly mode: number; readonly inside: readonly (readonly [Buffer, Node])[] }

const { directory } = fc.letrec<{ directory: Node; node: Node }>(tie => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('file' as const), mode, content }),
    fc.record({ kind: fc.constant('link' as const), target: name }),
    tie('directory'),
  ),
  directory: fc.record({
    kind: fc.constant('directory' as const),
    mode: fc.constantFrom(0o755, 0o700, 0o555, 0o711),
    inside: fc.uniqueArray(fc.tuple(name, tie('node')), {
      maxLength: 5,
      selector: ([bytes]) => bytes.toString('latin1'),
    }),
  }),
}))

const inside = (folder: Buffer, file: Buffer): Buffer => Buffer.concat([folder, Buffer.from('/'), file])

function make(place: Buffer, node: Node): void {
  if (node.kind === 'link') {
    symlinkSync(node.target, place)
    return
  }
  if (node.kind === 'file') writeFileSync(place, node.content)
  else {
    mkdirSync(place)
    for (const [file, each] of node.inside) make(inside(place, file), each)
  }
  chmodSync(place, node.mode)
}

/** What stands at a place, as far as a copy should keep it. */
function seen(place: Buffer): unknown {
  const stats = lstatSync(place)
  if (stats.isSymbolicLink()) return ['link', readlinkSync(place, { encoding: 'latin1' })]
  if (stats.isFile()) return ['file', stats.mode & 0o7777, readFileSync(place).toString('latin1')]
  const names = readdirSync(place, { encoding: 'buffer' }).sort(Buffer.compare)
  return ['directory', stats.mode & 0o7777, names.map(file => [file.toString('latin1'), seen(inside(place, file))])]
}

describe.each(localShells())('a tree through $name', shell => {
  const { link, close } = linkThrough(shell)
  afterAll(close)
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-trip-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('comes back as it went, whatever its files are called; then there is nothing left to do', {
    timeout: 120_000,
  }, async () => {
    let n = 0
    await fc.assert(
      fc.asyncProperty(directory, async tree => {
        const place = (what: string) => join(folder, `${n}-${what}`)
        n += 1
        make(Buffer.from(place('made')), tree)
        const upload = async () =>
          link.upload({ cargo: await Cargo.local(place('made'), { shared: false }), path: place('sent') })
        const download = () => link.download({ path: place('sent'), local: place('back') })
        const [up, down] = [await upload(), await download()]
        const made = seen(Buffer.from(place('made')))
        expect(seen(Buffer.from(place('sent')))).toEqual(made)
        expect(seen(Buffer.from(place('back')))).toEqual(made)
        expect([up.unchanged, down.unchanged, down.bytes]).toEqual([false, false, up.bytes])
        expect([await upload(), await download()]).toEqual([
          { ...up, bytes: 0, unchanged: true },
          { ...down, bytes: 0, unchanged: true },
        ])
      }),
      { numRuns: 10 },
    )
  })
})
