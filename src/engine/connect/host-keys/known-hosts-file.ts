import { mkdir, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { smallFile } from '../small-file.js'
import { type KnownHost, parseKnownHosts } from './known-hosts.js'

/** known_hosts files that were read and have not changed since: many hosts come up together, and the files are long. */
const read = new Map<string, { readonly version: string; readonly entries: readonly KnownHost[] }>()

/** Reads known_hosts files, in their order; one that is not there, or cannot be read, says nothing. */
export async function readKnownHosts(files: readonly string[]): Promise<readonly KnownHost[]> {
  return (await Promise.all(files.map(readOne))).flat()
}

async function readOne(file: string): Promise<readonly KnownHost[]> {
  try {
    const found = smallFile(file)
    if (!found) return []
    const { ino, size, mtimeNs, ctimeNs } = found.stats
    const version = [ino, size, mtimeNs, ctimeNs].join()
    const known = read.get(file)
    if (known?.version === version) return known.entries
    const entries = parseKnownHosts(await found.text(), file)
    read.set(file, { version, entries })
    return entries
  } catch {
    return []
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
