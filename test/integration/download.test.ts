import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DownloadRequest, Link } from '../../src/engine/connect/link.js'
import { linkTo } from '../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const missing = sshdMissing()
if (missing) test.skip(`downloads from a real sshd: ${missing}`)

describe.skipIf(missing)('download', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-download-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  describe.each([
    ['with sftp', true],
    ['without sftp', false],
  ] as const)('%s', (_title, sftp) => {
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

    const get = (link: Link, path: string, to: string, rest: Partial<DownloadRequest> = {}) =>
      link.download({ path, local: to, ...rest })

    test('files arrive whole with their modes; the second time nothing is sent', async () => {
      const link = linkTo(sshd)
      for (const [name, size, mode] of [
        ['small', 5, 0o755],
        ['big', 5_000_001, 0o640],
        ['empty', 0, 0o600],
      ] as const) {
        const content = Buffer.alloc(size, `${name} \0\xff`, 'latin1')
        const from = join(remote, `-${name}`)
        writeFileSync(from, content)
        chmodSync(from, mode)
        const to = join(local, 'deep', name)
        const seen: [number, number][] = []
        const first = await get(link, from, to, { onBytes: (done, total) => seen.push([done, total]) })
        expect(first).toEqual({ path: to, files: 1, bytes: size, unchanged: false, skipped: [] })
        expect(readFileSync(to).equals(content)).toBe(true)
        expect(statSync(to).mode & 0o7777).toBe(mode)
        expect(seen.at(-1)).toEqual([size, size])
        expect(await get(link, from, to)).toMatchObject({ bytes: 0, unchanged: true })
      }
      expect(readdirSync(join(local, 'deep')).sort()).toEqual(['big', 'empty', 'small'])
    })

    test('a file that is there and differs is replaced only when asked', async () => {
      const link = linkTo(sshd)
      for (const [size, there] of [
        [3, 'abc'],
        [400_000, 'other size'],
      ] as const) {
        const from = join(remote, `from ${size}`)
        writeFileSync(from, Buffer.alloc(size, 'x'))
        const to = join(local, `to ${size}`)
        writeFileSync(to, there)
        await expect(get(link, from, to)).rejects.toThrow(
          `${to} is there and differs; { overwrite: true } replaces it.`,
        )
        expect(readFileSync(to, 'utf8')).toBe(there)
        expect(await get(link, from, to, { overwrite: true })).toMatchObject({ bytes: size, unchanged: false })
        expect(readFileSync(to, 'utf8')).toBe('x'.repeat(size))
      }
    })

    test('set-user-ID bits of a host do not come along', async () => {
      const from = join(remote, 'suid')
      writeFileSync(from, 'x')
      chmodSync(from, 0o4755)
      await get(linkTo(sshd), from, join(local, 'suid'))
      expect(statSync(join(local, 'suid')).mode & 0o7777).toBe(0o755)
    })

    test('what has no size is read to its end; what grows comes as far as it was', async () => {
      const link = linkTo(sshd)
      await get(link, '/proc/cmdline', join(local, 'cmdline'))
      expect(readFileSync(join(local, 'cmdline'), 'utf8')).toBe(readFileSync('/proc/cmdline', 'utf8'))
      const growing = join(remote, 'log')
      const grow = link.run(`i=0; while [ $i -lt 3000 ]; do echo "line $i of a log"; i=$((i + 1)); done >>${growing}`)
      await link.run(`until [ -s ${growing} ]; do :; done`)
      await get(link, growing, join(local, 'log'))
      await grow
      expect(readFileSync(growing, 'utf8').startsWith(readFileSync(join(local, 'log'), 'utf8'))).toBe(true)
    })

    test('patterns leave out names and paths; links are followed when asked', async () => {
      mkdirSync(join(remote, 'a', 'cache'), { recursive: true })
      for (const name of ['a/x.log', 'a/x', 'a/cache/y', 'cache', 'z.log']) writeFileSync(join(remote, name), name)
      symlinkSync('x', join(remote, 'a', 'link'))
      symlinkSync('nowhere', join(remote, 'a', 'broken'))
      const to = join(local, 'some')
      await get(linkTo(sshd), remote, to, { exclude: ['*.log', 'a/cache'], followLinks: true })
      expect([readdirSync(to), readdirSync(join(to, 'a')).sort()]).toEqual([
        ['a', 'cache'],
        ['broken', 'link', 'x'],
      ])
      expect(readFileSync(join(to, 'a', 'link'), 'utf8')).toBe('a/x')
    })

    test.each([
      ['missing', 'no such file'],
      ['/dev/null', 'it is neither a file nor a directory'],
    ])('%s is told in a sentence, and nothing is left here', async (name, reason) => {
      const from = name.startsWith('/') ? name : join(remote, name)
      await expect(get(linkTo(sshd), from, join(local, 'x', 'f'))).rejects.toThrow(`web-1: ${from}: ${reason}`)
      expect(existsSync(join(local, 'x'))).toBe(false)
    })
  })
})
