import { mkdir, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { smallFile } from '../small-file.js'
import { type KnownHost, parseKnownHosts } from './known-hosts.js'

/** known_hosts files that were read and have not changed since: many hosts come up together, and the files are long. */
const read = new Map<string, { readonly version: string; readonly entries: readonly KnownHost[] }>()

/** The same for what several files say together: as long as no file changes, a list of files gives the very same entries. */
const joined = new Map<
  string,
  { readonly parts: readonly (readonly KnownHost[])[]; readonly all: readonly KnownHost[] }
>()

/** Reads known_hosts files, in their order; one that is not there, or cannot be read, says nothing. */
export async function readKnownHosts(files: readonly string[]): Promise<readonly KnownHost[]> {
  const parts = await Promise.all(files.map(readOne))
  const list = files.join('\0')
  const known = joined.get(list)
  if (known?.parts.every((part, index) => part === parts[index])) return known.all
  const all = parts.flat()
  joined.set(list, { parts, all })
  return all
}

const NO_ENTRIES: readonly KnownHost[] = []

async function readOne(file: string): Promise<readonly KnownHost[]> {
  try {
    const found = smallFile(file)
    if (!found) return NO_ENTRIES
    const { ino, size, mtimeNs, ctimeNs } = found.stats
    const version = [ino, size, mtimeNs, ctimeNs].join()
    const known = read.get(file)
    if (known?.version === version) return known.entries
    const entries = parseKnownHosts(await found.text(), file)
    read.set(file, { version, entries })
    return entries
  } catch {
    return NO_ENTRIES
  }
}

/**
 * Adds a line to a known_hosts file: in one write at its end, so that many hosts, and other programs, can add theirs at the same
 * time. As OpenSSH does: a line that lacks its end gets it, the file is made with mode 0600, of folders only `~/.ssh` is made.
 *
 * @throws {NodeJS.ErrnoException}
 */
export async function appendKnownHost(path: string, line: string): Promise<void> {
  const folder = dirname(path)
  if (folder === join(homedir(), '.ssh')) await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await file.read(last, 0, 1, size - 1)
    await file.write(size > 0 && last.toString() !== '\n' ? `\n${line}` : line)
  } finally {
    await file.close()
  }
}
