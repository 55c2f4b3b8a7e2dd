import { z } from 'zod'
import { quote } from '../engine/shell/quote.js'

/**
 * A path on a host, as an argument of facts and operations: absolute, since a relative one would mean another place for each
 * identity. `//`, `/./` and a trailing `/` are tidied so that one place has one name; `..` is left to the host, where links count.
 */
export const remotePath = z
  .string()
  .refine(path => path.startsWith('/'), { error: 'expected an absolute path: begin it with /', abort: true })
  .refine(path => !path.includes('\0'), { error: 'a path cannot hold a NUL character', abort: true })
  .overwrite(tidyPath)
  .meta({ names: 'remote path' })

/**
 * One spelling for one place.
 *
 * @example
 * tidyPath('/etc//ssh/./sshd_config') // '/etc/ssh/sshd_config'
 */
export function tidyPath(path: string): string {
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  return `/${parts.join('/')}`
}

/**
 * The directory a path lies in.
 *
 * @example
 * parentOf('/etc/hosts') // '/etc'
 * parentOf('/') // '/'
 */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** `sh` text that sets `p` to the path: the start of every script below, so that each path is quoted once. */
export function assignPath(path: string): string {
  return `p=${quote(path)}`
}
