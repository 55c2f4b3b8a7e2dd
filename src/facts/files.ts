import { z } from 'zod'
import { type FactOutput, fact } from '../engine/fact.js'
import { quote } from '../engine/shell/quote.js'
import { readChecksum, SUM } from '../engine/transfer/checksum.js'
import { contentOf, decodeUtf8, type FileContent, LARGE } from './file-content.js'
import { attributesTopic, type FileStatus, readStatus, STAT, settledStatus } from './file-status.js'
import { assignPath, remotePath, tidyPath } from './remote-path.js'

const pathArgs = z.strictObject({ path: remotePath.describe('Absolute path on the host.') })
const reads = ({ path }: { path: string }): string[] => [`file:${path}`]

// "not there" is only said of a place one may look into: without the right to search the directory, nobody can tell
const IF_ABSENT = `absent() {
  d=$p
  while [ ! -d "$d" ]; do d=\${d%/*}; [ -n "$d" ] || d=/; done
  [ -x "$d" ] || { echo "$d: permission denied" >&2; exit 1; }
  echo absent
}
`

/**
 * What stands at a path: a file, a directory, a link (not followed), with mode, owner and group; `undefined` where nothing does.
 * A path that the identity may not look into is an error, not an absence.
 *
 * @example
 * const hosts = await host.facts.files.file({ path: '/etc/hosts' })
 * hosts?.mode // '0644'
 */
export const file = fact({
  name: 'files.file',
  summary: 'What stands at a path: type, mode, owner, group; links are not followed.',
  args: pathArgs,
  command: ({ path }) => `${IF_ABSENT}${assignPath(path)}
if [ -L "$p" ]; then ${STAT} && readlink -n "$p"
elif [ -e "$p" ]; then ${STAT}
else absent; fi`,
  parse: (stdout): FileStatus | undefined => (stdout === 'absent\n' ? undefined : readStatus(stdout)),
  reads: ({ path }) => [`file:${path}`, attributesTopic(path)],
  settled: status => settledStatus(status),
})

const TEXT_LIMIT = 8 * 1024 * 1024

/**
 * The text of a file, exactly as it is, or `undefined` where there is none. Links are followed.
 * What is not UTF-8, larger than 8 MiB or no regular file is an error.
 *
 * @example
 * (await host.facts.files.text({ path: '/etc/timezone' })) // 'Etc/UTC\n'
 */
export const text = fact({
  name: 'files.text',
  summary: 'The text of a file, exactly; undefined where there is none.',
  args: pathArgs,
  command: ({ path }) =>
    readScript(path, TEXT_LIMIT, 'echo "$p is larger than 8 MiB, the most that is read as text" >&2; exit 1'),
  parse: (_, { path }, { bytes }): string | undefined => {
    const { kind, rest } = answer(bytes)
    if (kind === 'absent') return undefined
    const decoded = decodeUtf8(rest)
    if (decoded === undefined) throw new Error(`${path} is not UTF-8 text; files.sha256 compares any file`)
    return decoded
  },
  reads,
})

/**
 * What a regular file holds: its text, its bytes where it is no text, or size and hash beyond 1 MiB; `undefined` where there is
 * no file. Links are followed. This is what file operations compare.
 */
export const content = fact({
  name: 'files.content',
  summary: 'What a file holds: text, bytes, or size and hash beyond 1 MiB.',
  args: pathArgs,
  command: ({ path }) => readScript(path, LARGE, `echo large; wc -c <"$p"; ${SHA256}`),
  parse: (_stdout, _args, output): FileContent | undefined => readContent(output),
  reads,
})

/** The SHA-256 of a file's content in lower-case hexadecimal, or `undefined` where there is no file. Links are followed. */
export const sha256 = fact({
  name: 'files.sha256',
  summary: "The SHA-256 of a file's content, in hexadecimal.",
  args: pathArgs,
  command: ({ path }) => `${IF_ABSENT}${assignPath(path)}
if [ -e "$p" ]; then ${SHA256}
else absent; fi`,
  parse: (stdout): string | undefined => (stdout === 'absent\n' ? undefined : readSha256(stdout)),
  reads,
})

/** Where a path leads once all links in it are followed; `undefined` where a directory of it is missing. */
export const resolved = fact({
  name: 'files.resolved',
  summary: 'Where a path leads once all links in it are followed.',
  args: pathArgs,
  command: ({ path }) => `${assignPath(path)}\nreadlink -f "$p" || echo`,
  parse: (stdout): string | undefined => stdout.slice(0, -1) || undefined,
  reads,
})

/** Whether two paths are names of one and the same file (hard links). */
export const sameFile = fact({
  name: 'files.sameFile',
  summary: 'Whether two paths are names of one and the same file.',
  args: z.strictObject({
    path: remotePath.describe('One absolute path.'),
    other: remotePath.describe('The other absolute path.'),
  }),
  command: ({ path, other }) => `if [ ${quote(path)} -ef ${quote(other)} ]; then echo yes; else echo no; fi`,
  parse: stdout => stdout === 'yes\n',
  reads: ({ path, other }) => [`file:${path}`, `file:${other}`],
})

/**
 * Paths below a directory, sorted; with `mode`, `owner` or `group` only those that differ from one of them (links have no mode
 * of their own). `[]` where there is no such directory.
 */
export const below = fact({
  name: 'files.below',
  summary: 'Paths below a directory: all, or those that differ in mode, owner or group.',
  args: z.strictObject({
    path: remotePath.describe('Absolute path of the directory.'),
    mode: z.string().optional().describe('Permission bits, octal: only paths with others.'),
    owner: z.string().optional().describe('User: only paths of others.'),
    group: z.string().optional().describe('Group: only paths of others.'),
  }),
  command: ({ path, mode, owner, group }) => {
    const tests = [
      ...(mode ? [`! -type l ! -perm ${quote(mode)}`] : []),
      ...(owner ? [`! -user ${quote(owner)}`] : []),
      ...(group ? [`! -group ${quote(group)}`] : []),
    ]
    return `${assignPath(path)}
[ -d "$p" ] || exit 0
found=$(find "$p/." ! -name . ${tests.length > 0 ? `'(' ${tests.join(' -o ')} ')'` : ''} -print) || exit 1
printf '%s\\n' "$found" | LC_ALL=C sort`
  },
  parse: stdout => stdout.split('\n').filter(Boolean).map(tidyPath),
  reads: ({ path, mode, owner, group }) => [
    `file:${path === '/' ? '' : path}/*`,
    ...(mode || owner || group ? [attributesTopic(`${path === '/' ? '' : path}/*`)] : []),
    ...(owner ? [`user:${owner}`] : []),
    ...(group ? [`group:${group}`] : []),
  ],
})

const SHA256 = `${SUM}
  [ $tool = sha256 ] || { echo 'no program here computes SHA-256: sha256sum, sha256, shasum or openssl' >&2; exit 1; }
  sum "$(wc -c <"$p")" <"$p"`

function readSha256(stdout: string): string {
  const hash = readChecksum('sha256', stdout)
  if (!hash) throw new Error('expected a SHA-256')
  return hash
}

function readScript(path: string, limit: number, beyond: string): string {
  return `${IF_ABSENT}${assignPath(path)}
if [ -f "$p" ]; then
  if [ "$(wc -c <"$p")" -gt ${limit} ]; then
    ${beyond}
  else echo bytes && cat "$p"; fi
elif [ -e "$p" ]; then echo "$p is not a regular file" >&2; exit 1
else absent; fi`
}

function answer(bytes: Buffer): { kind: string; rest: Buffer } {
  const end = bytes.indexOf('\n')
  return { kind: bytes.toString('latin1', 0, end), rest: bytes.subarray(end + 1) }
}

function readContent({ bytes }: FactOutput): FileContent | undefined {
  const { kind, rest } = answer(bytes)
  switch (kind) {
    case 'absent':
      return undefined
    case 'bytes':
      return contentOf(rest)
    case 'large': {
      const [size, hash = ''] = rest.toString('latin1').trimStart().split('\n')
      return { kind: 'large', size: Number(size), sha256: readSha256(hash) }
    }
    default:
      throw new Error('expected the content of a file')
  }
}
