import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What a compiler made of one source text, as it is kept. */
export interface Emitted {
  readonly js: string
  /** A source map, as JSON. */
  readonly map: string
  readonly requires: readonly string[]
}

/** Entries above this number are removed, those unused for longest first. */
const MOST_ENTRIES = 500

/**
 * What was compiled before, so that a person's inventory need not be compiled, nor TypeScript be loaded, each time it is
 * read: that takes longer than reaching ten hosts.
 *
 * An inventory may hold a password, and what is compiled from it holds it too. So an entry is encrypted with a key made of
 * its source: who does not have the source cannot read it, nor know which it was, and an entry that was altered is none.
 * Nothing is said of a folder that cannot be read or written: it is only slower.
 *
 * @example
 * const cache = new CompileCache(compileCacheFolder())
 * cache.keep(['6.0.3', source], { js, map, requires: [] })
 * cache.find(['6.0.3', source]) // { js, map, requires: [] }
 */
export class CompileCache {
  constructor(readonly folder: string) {}

  /** @param from all that decides what is emitted: the source, and every version and setting */
  find(from: readonly string[]): Emitted | undefined {
    const { name, key } = identify(from)
    const file = join(this.folder, name)
    try {
      if (!isOwn(this.folder)) return undefined
      const bytes = readFileSync(file)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      const now = new Date()
      utimesSync(file, now, now)
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }

  keep(from: readonly string[], emitted: Emitted): void {
    const { name, key } = identify(from)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const body = Buffer.concat([cipher.update(JSON.stringify(emitted), 'utf8'), cipher.final()])
    const draft = join(this.folder, `${name}.${process.pid}`)
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
      if (!isOwn(this.folder)) return
      writeFileSync(draft, Buffer.concat([nonce, cipher.getAuthTag(), body]), { mode: 0o600 })
      renameSync(draft, join(this.folder, name))
      this.#prune()
    } catch {
      // It stays as it was. A draft that a full disk left half written is removed as any old entry is.
    }
  }

  #prune(): void {
    const names = readdirSync(this.folder)
    if (names.length <= MOST_ENTRIES) return
    const used = (name: string) => statSync(join(this.folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
    const oldest = names.map(name => ({ name, at: used(name) })).sort((a, b) => a.at - b.at)
    // Some more than there are too many, so that not every new entry has to look.
    for (const { name } of oldest.slice(0, names.length - MOST_ENTRIES * 0.9)) rmSync(join(this.folder, name))
  }
}

/**
 * Where it is kept: `muster/compiled` in `$XDG_CACHE_HOME`, else in `~/.cache`.
 *
 * @see {@link https://specifications.freedesktop.org/basedir-spec/latest/} XDG Base Directory: a relative path is ignored.
 */
export function compileCacheFolder(environment?: NodeJS.ProcessEnv): string {
  return cacheFolder('compiled', environment)
}

/** Where muster keeps what can be made again, of one kind. */
export function cacheFolder(kind: string, environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: cache, HOME: home } = environment
  return join(cache?.startsWith('/') ? cache : join(home || homedir(), '.cache'), 'muster', kind)
}

/** A name and a key that only who has the source can make, and neither tells the other. */
function identify(from: readonly string[]): { name: string; key: Buffer } {
  const digest = (use: string) => createHash('sha256').update(JSON.stringify([use, ...from]))
  return { name: digest('name').digest('hex'), key: digest('key').digest() }
}

/** What is in it is run: nobody else may have put it there. */
function isOwn(folder: string): boolean {
  const { uid, mode } = statSync(folder)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}
