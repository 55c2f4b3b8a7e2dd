import type { ParsedKey } from 'ssh2'
import { Recent } from '../recent.js'
import { smallFile } from '../small-file.js'
import { type AgentKey, agentKeys } from './agent-keys.js'

/** A file that may hold a key. */
export interface ReadFile {
  readonly text: string
  readonly uid: number
  readonly mode: number
}

/** Where the hosts of a connector have their keys from, in common. */
export class KeySources {
  /** Decrypted keys by file content, for the life of the process, so that a passphrase is asked and its key derived once. */
  readonly unlocked = new Map<string, ParsedKey>()
  /** `code`: why a file cannot be read, `ENOENT` for instance. */
  readonly files = new Recent<ReadFile | { readonly code: string }>(readOne)
  /** By socket. */
  readonly agents = new Recent<readonly AgentKey[]>(agentKeys)
}

async function readOne(path: string): Promise<ReadFile | { readonly code: string }> {
  try {
    const file = smallFile(path)
    if (!file) return { code: 'ENOENT' }
    return { text: await file.text(), uid: Number(file.stats.uid), mode: Number(file.stats.mode) }
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
  }
}
