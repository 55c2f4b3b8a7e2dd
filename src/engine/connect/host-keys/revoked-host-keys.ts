import { readFile } from 'node:fs/promises'
import { NeedsOpenSsh } from '../needs-openssh.js'
import { parseHostKey } from './host-key.js'

/** What a binary revocation list begins with (PROTOCOL.krl of OpenSSH). */
const KRL = 'SSHKRL\n\0'

/** Keys that no host may show (ssh_config(5), RevokedHostKeys). */
export interface RevokedKey {
  readonly file: string
  readonly line: number
  /** In SSH wire format. */
  readonly key: Buffer
}

/**
 * Reads the lists of revoked host keys: a public key a line.
 *
 * @param host for the message.
 * @throws {NeedsOpenSsh} when one is binary.
 * @throws {Error} when one cannot be read: OpenSSH then refuses every host.
 */
export async function readRevokedKeys(files: readonly string[], host: string): Promise<readonly RevokedKey[]> {
  const lists = await Promise.all(
    files.map(async file => {
      const text = await readFile(file, 'latin1').catch((error: NodeJS.ErrnoException) => {
        throw new Error(`the list of revoked host keys ${file} cannot be read (${error.code}), so no host key is taken`)
      })
      if (text.startsWith(KRL)) {
        const why = `${file} is a binary list of revoked host keys (KRL), which needs OpenSSH's ssh`
        throw new NeedsOpenSsh(host, why, 'revocation-list')
      }
      return text.split('\n').flatMap((line, index): RevokedKey[] => {
        const key = parseHostKey(line.replace(/^[ \t]+/, ''))
        return key ? [{ file, line: index + 1, key: key.blob }] : []
      })
    }),
  )
  return lists.flat()
}
