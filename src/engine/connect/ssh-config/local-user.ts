import { homedir, hostname, userInfo } from 'node:os'

/** This machine and the user on it, as ssh_config's tokens and conditions see them. */
export interface LocalUser {
  readonly name: string
  /** -1 where there are none. */
  readonly uid: number
  /** By the password database, not by `$HOME`: OpenSSH looks there. */
  readonly home: string
  /** Name of this machine, with its domain where it has one. */
  readonly machine: string
}

/** A user that the password database does not know (a container's) goes by the environment. */
export function localUser(): LocalUser {
  try {
    const { username, uid, homedir: home } = userInfo()
    return { name: username, uid, home, machine: hostname() }
  } catch {
    const name = process.env.USER ?? process.env.LOGNAME ?? 'nobody'
    return { name, uid: process.getuid?.() ?? -1, home: homedir(), machine: hostname() }
  }
}

/** Replaces `~` and `~/` in front of a path by the home directory. */
export function expandTilde(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? `${home.replace(/\/$/, '')}/${path.slice(2)}`.replace(/\/$/, '') : path
}
