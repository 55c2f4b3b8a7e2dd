import { join } from 'node:path'
import { ConfigFiles } from './files.js'
import { expandTilde, localUser } from './local-user.js'

/** Include may nest as deep as in OpenSSH (readconf.c, READCONF_MAX_DEPTH). */
const DEEPEST_INCLUDE = 16

/**
 * The hosts an ssh_config names: the aliases of its Host lines, in order, without wildcards and negations.
 *
 * @param file default: the user's `~/.ssh/config`.
 * @example
 * sshConfigHosts('./ssh_config') // ['web-1', 'web-2', 'db-1']
 */
export function sshConfigHosts(file?: string): string[] {
  const { home } = localUser()
  const folder = join(home, '.ssh')
  const files = new ConfigFiles()
  const named = (path: string, depth: number): string[] =>
    files.lines(path).flatMap(({ keyword, words }) => {
      if (keyword === 'host') return words
      if (keyword !== 'include' || depth >= DEEPEST_INCLUDE) return []
      return words
        .map(word => (/^[/~]/.test(word) ? expandTilde(word, home) : join(folder, word)))
        .flatMap(pattern => files.glob(pattern).flatMap(each => named(each, depth + 1)))
    })
  const names = named(file ?? join(folder, 'config'), 0)
  return [...new Set(names.filter(name => name !== '' && !/[*?!]/.test(name)))]
}
