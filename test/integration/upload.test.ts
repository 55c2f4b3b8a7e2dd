import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Link, UploadRequest } from '../../src/engine/connect/link.js'
import { Cargo } from '../../src/engine/transfer/cargo.js'
import { linkTo } from '../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const missing = sshdMissing()
if (missing) test.skip(`uploads to a real sshd: ${missing}`)

const MODES = [
  ['with sftp', true],
  ['without sftp', false],
] as const

describe.skipIf(missing)('upload', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-upload-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  describe.each(MODES)('%s', (_title, sftp) => {
    let sshd: Sshd
    let local = ''
    let remote = ''
    beforeAll(async () => {
      sshd = await startSshd({ sftp })
    })
    afterAll(() => sshd.stop())
    beforeEach(() => {
      local = mkdtempSync(join(folder, 'local-'))
      remote = mkdtempSync(join(folder, 'remote-'))
    })

    const send = async (link: Link, from: string, path: string, rest: Partial<UploadRequest> = {}) =>
      link.upload({ cargo: await Cargo.local(from, { shared: false }), path, ...rest })

    test('a small and a big file arrive whole, with their modes; the second time nothing is sent', async () => {
      const link = linkTo(sshd)
      for (const [name, size, mode] of [
        ['small', 5, 0o755],
        ['big', 5_000_000, 0o640],
        ['empty', 0, 0o600],
      ] as const) {
        const content = Buffer.alloc(size, `${name} \0\xff`, 'latin1')
        writeFileSync(join(local, name), content, { mode })
        chmodSync(join(local, name), mode)
        const to = join(remote, `to ${name}`)
        const seen: [number, number][] = []
        const first = await send(link, join(local, name), to, { onBytes: (done, total) => seen.push([done, total]) })
        expect(first).toEqual({ path: to, files: 1, bytes: size, unchanged: false, skipped: [] })
        expect(readFileSync(to).equals(content)).toBe(true)
        expect(statSync(to).mode & 0o7777).toBe(mode)
        expect([seen[0], seen.at(-1)]).toEqual([
          [0, size],
          [size, size],
        ])
        const before = statSync(to)
        expect(await send(link, join(local, name), to)).toMatchObject({ bytes: 0, unchanged: true })
        expect([statSync(to).ino, statSync(to).ctimeMs]).toEqual([before.ino, before.ctimeMs])
      }
      expect(readdirSync(remote).sort()).toEqual(['to big', 'to empty', 'to small'])
    })

    test('the file replaced keeps its mode, a link its target; what is asked for wins', async () => {
      const link = linkTo(sshd)
      const big = join(local, 'big')
      writeFileSync(big, Buffer.alloc(100_000, 'x'))
      const real = join(remote, 'real')
      writeFileSync(real, 'old')
      chmodSync(real, 0o604)
      symlinkSync('real', join(remote, 'link'))
      await send(link, big, join(remote, 'link'))
      expect([readlinkSync(join(remote, 'link')), statSync(real).size, statSync(real).mode & 0o7777]).toEqual([
        'real',
        100_000,
        0o604,
      ])
      expect(await send(link, big, real, { mode: '0611' })).toMatchObject({ bytes: 0, unchanged: false })
      expect(statSync(real).mode & 0o7777).toBe(0o611)
      expect(await send(link, big, real, { mode: '0611' })).toMatchObject({ unchanged: true })
    })

    test('a tree keeps links, modes, empty and closed directories and odd names', async () => {
      const link = linkTo(sshd)
      const names = ["it's", 'a "b"', 'line\nend', '-n', '--', ' lead', '$(x)', '*', 'ü', '\\', '\t', '~']
      for (const [n, name] of names.entries()) {
        mkdirSync(join(local, 'tree', name), { recursive: true })
        writeFileSync(join(local, 'tree', name, name), Buffer.alloc(n % 3 === 0 ? 30_000 : n, name))
        symlinkSync(`${name}\n`, join(local, 'tree', name, 'link'))
      }
      const raw = Buffer.concat([Buffer.from(`${local}/tree/`), Buffer.from([0xff, 0xfe, 0x41, 0x0a])])
      writeFileSync(raw, Buffer.alloc(40_000, 'raw'))
      mkdirSync(join(local, 'tree', 'closed', 'empty'), { recursive: true })
      writeFileSync(join(local, 'tree', 'closed', 'f'), 'f', { mode: 0o4711 })
      chmodSync(join(local, 'tree', 'closed', 'f'), 0o4711)
      chmodSync(join(local, 'tree', 'closed'), 0o555)
      const to = join(remote, '-tree')
      const first = await send(link, join(local, 'tree'), to)
      expect(first).toMatchObject({ files: names.length + 2, unchanged: false })
      expect(listing(to)).toEqual(listing(join(local, 'tree')))
      expect(await send(link, join(local, 'tree'), to)).toMatchObject({ bytes: 0, unchanged: true })
      chmodSync(join(local, 'tree', 'closed'), 0o755)
      chmodSync(join(to, 'closed'), 0o755)
    })

    test.each([
      ['a missing directory', 'no/dir/f', 'the directory does not exist'],
      ['a directory', '.', 'it is a directory'],
      ['links in a circle', 'loop', 'the symbolic links go in a circle'],
      ['a pipe', 'pipe', 'it is neither a file nor a directory'],
    ])('%s is told in a sentence', async (_what, name, reason) => {
      symlinkSync('loop', join(remote, 'loop'))
      execFileSync('mkfifo', [join(remote, 'pipe')])
      writeFileSync(join(local, 'f'), 'f')
      const to = join(remote, name)
      await expect(send(linkTo(sshd), join(local, 'f'), to)).rejects.toThrow(`web-1: ${to}: ${reason}`)
    })

    test('temp files a day old are taken away, younger ones and others are not', async () => {
      const [old, young, other] = ['.muster-0123456789ab-0.tmp', '.muster-0123456789ab-1.tmp', '.muster-mine.tmp']
      for (const name of [old, young, other]) writeFileSync(join(remote, name), 'left')
      const past = Date.now() / 1000 - 49 * 3600
      utimesSync(join(remote, old), past, past)
      utimesSync(join(remote, other), past, past)
      writeFileSync(join(local, 'f'), 'f')
      await send(linkTo(sshd), join(local, 'f'), join(remote, 'f'))
      expect(readdirSync(remote).sort()).toEqual([young, other, 'f'].sort())
    })
  })
})

/** All that is in a folder: paths as latin1, types, modes, contents, targets. */
function listing(top: string): unknown[] {
  const visit = (path: Buffer): unknown[] =>
    readdirSync(path, { encoding: 'buffer' })
      .sort(Buffer.compare)
      .flatMap(name => {
        const full = Buffer.concat([path, Buffer.from('/'), name])
        const stats = lstatSync(full)
        const rest = full.subarray(Buffer.byteLength(top)).toString('latin1')
        if (stats.isSymbolicLink()) return [[rest, 'link', readlinkSync(full)]]
        if (stats.isDirectory()) return [[rest, 'directory', stats.mode], ...visit(full)]
        return [[rest, 'file', stats.mode, readFileSync(full).toString('latin1')]]
      })
  return visit(Buffer.from(top))
}
