import { homedir, hostname, type UserInfo, userInfo } from 'node:os'

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

let self: UserInfo<string> | undefined

/** A user that the password database does not know (a container's) goes by the environment. */
export function localUser(): LocalUser {
  try {
    // Asked for every host; the password database costs system calls, and who we are does not change.
    self ??= userInfo()
    return { name: self.username, uid: self.uid, home: self.homedir, machine: hostname() }
  } catch {
    const name = process.env.USER ?? process.env.LOGNAME ?? 'nobody'
    return { name, uid: process.getuid?.() ?? -1, home: homedir(), machine: hostname() }
  }
}

/** Replaces `~` and `~/` in front of a path by the home directory. */
export function expandTilde(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? `${home.replace(/\/$/, '')}/${path.slice(2)}`.replace(/\/$/, '') : path
}
