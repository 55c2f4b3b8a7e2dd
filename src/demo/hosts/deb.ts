import { gzipSync } from 'node:zlib'

/** A package of one file, for every architecture. */
export interface DebSpec {
  readonly name: string
  readonly version: string
  readonly summary: string
}

/** The fields that describe a package in `control`, in the package database and in a repository's index (deb-control(5)). */
export function controlFields({ name, version, summary }: DebSpec): string {
  return [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: all',
    'Maintainer: Demo <root@demo.example>',
    'Section: admin',
    'Priority: optional',
    `Description: ${summary}`,
    '',
  ].join('\n')
}

/**
 * A Debian package (deb(5)) that installs one note under /opt/demo: what a demo host can install, since the machine's
 * `/usr` is not its own to write.
 */
export function debPackage(spec: DebSpec): Buffer {
  const note = `${spec.name} ${spec.version}: a stand-in, for trying out package operations.\n`
  return ar([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', tarGz([file('./control', controlFields(spec))])],
    ['data.tar.gz', tarGz([folder('./opt/'), folder('./opt/demo/'), file(`./opt/demo/${spec.name}`, note)])],
  ])
}

/** The common `ar` format: a 60-byte header of text fields before each member, members at even offsets. */
function ar(members: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const parts = members.flatMap(([name, content]) => {
    const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`
    const padding = content.length % 2 === 0 ? '' : '\n'
    return [Buffer.from(`${header}${String(content.length).padEnd(10)}\`\n`), content, Buffer.from(padding)]
  })
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts])
}

const BLOCK = 512

function tarGz(entries: readonly Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]))
}

function file(path: string, text: string): Buffer {
  const content = Buffer.from(text)
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)
  return Buffer.concat([tarHeader(path, '0', 0o644, content.length), content, padding])
}

function folder(path: string): Buffer {
  return tarHeader(path, '5', 0o755, 0)
}

/** A ustar header (POSIX pax(1)): root's, of the first second of 1970. */
function tarHeader(path: string, type: '0' | '5', mode: number, size: number): Buffer {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  header.write(path, 0)
  header.write(octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100)
  header.write(' '.repeat(8), 148)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  header.write('root', 265)
  header.write('root', 297)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 7)} `, 148)
  return header
}
