import { createHash, createSign, generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from '../fleet/command.js'

/** A package of Alpine's, small enough to be written out here. */
export interface TinyApk {
  readonly name: string
  /** `1.0-r0` */
  readonly version: string
  readonly depends?: readonly string[]
  /** Contents by path. What lies in a `bin` folder is executable. */
  readonly files: Readonly<Record<string, string>>
}

const KEY = 'muster@example.rsa.pub'

/**
 * A signed repository in the format of apk v2 (apk-package(5), apk-v2), which apk 2 and 3 both read.
 *
 * @param apk the program that makes the index
 * @param arch the architecture that it takes packages of: `x86_64`
 * @returns the key to be put into /etc/apk/keys
 */
export async function writeApkRepository(
  folder: string,
  apk: string,
  arch: string,
  packages: readonly TinyApk[],
): Promise<{ readonly name: string; readonly text: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signed = (content: Buffer): Buffer => {
    const signature = createSign('RSA-SHA1').update(content).sign(privateKey)
    return Buffer.concat([stream([{ name: `.SIGN.RSA.${KEY}`, content: signature }]), content])
  }
  const place = join(folder, arch)
  await mkdir(place, { recursive: true })
  const names: string[] = []
  for (const tiny of packages) {
    const name = `${tiny.name}-${tiny.version}.apk`
    const data = dataOf(tiny)
    const info = [
      `pkgname = ${tiny.name}`,
      `pkgver = ${tiny.version}`,
      `pkgdesc = for a test of muster`,
      'url = https://example.org',
      `arch = ${arch}`,
      'license = none',
      'size = 1',
      ...(tiny.depends ?? []).map(depend => `depend = ${depend}`),
      `datahash = ${createHash('sha256').update(data).digest('hex')}`,
    ]
    const control = stream([{ name: '.PKGINFO', content: Buffer.from(`${info.join('\n')}\n`) }])
    await writeFile(join(place, name), Buffer.concat([signed(control), data]))
    names.push(join(place, name))
  }
  const [index, made] = [join(place, 'APKINDEX.tar.gz'), join(folder, 'index')]
  await run(apk, 'index', '--allow-untrusted', '-o', made, ...names)
  await writeFile(index, signed(await readFile(made)))
  return { name: KEY, text: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

interface Entry {
  readonly name: string
  readonly content?: Buffer
  readonly mode?: number
  /** A pax header of it: apk wants the checksum of a file there. */
  readonly pax?: string
}

/** A part of a package: a tar archive without its end, since the next part goes on. */
function stream(entries: readonly Entry[], end = Buffer.alloc(0)): Buffer {
  return gzipSync(Buffer.concat([...entries.flatMap(tarEntry), end]))
}

function dataOf({ files }: TinyApk): Buffer {
  const folders = new Set(
    Object.keys(files).flatMap(path => {
      const parts = path.split('/').slice(1, -1)
      return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`)
    }),
  )
  const entries = Object.entries(files).map(([path, text]): Entry => {
    const content = Buffer.from(text)
    const checksum = createHash('sha1').update(content).digest('hex')
    return { name: path.slice(1), content, mode: /\/s?bin\//.test(path) ? 0o755 : 0o644, pax: checksum }
  })
  return stream([...[...folders].map(name => ({ name, mode: 0o755 })), ...entries], Buffer.alloc(1024))
}

function tarEntry({ name, content, mode = 0o644, pax }: Entry): Buffer[] {
  const line = pax === undefined ? undefined : paxLine('APK-TOOLS.checksum.SHA1', pax)
  const before = line ? [header(name, line.length, 0o644, 'x'), padded(line)] : []
  return [...before, header(name, content?.length ?? 0, mode, content ? '0' : '5'), padded(content ?? Buffer.alloc(0))]
}

/** `25 name=value\n`, the length being that of the whole (pax(1)). */
function paxLine(name: string, value: string): Buffer {
  const rest = ` ${name}=${value}\n`
  const length = rest.length + String(rest.length + 2).length
  return Buffer.from(`${length}${rest}`)
}

/** ustar (POSIX.1-1988), owned by root, of the beginning of 2026: an archive that is the same each time. */
function header(name: string, size: number, mode: number, type: string): Buffer {
  const block = Buffer.alloc(512)
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
  }
  block.write(name, 0, 100)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(1_767_225_600, 136, 12)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  block.write('root', 265)
  block.write('root', 297)
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  return block
}

const padded = (content: Buffer): Buffer => Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)])
