import type { Identity } from '../connect/link.js'
import { quote } from './quote.js'

/** A text that names an identity, the same for equal ones: `sudo:root`. */
export function identityKey(identity: Identity): string {
  return identity.via === 'login' ? 'login' : `${identity.via}:${targetUser(identity)}`
}

/** The user an identity stands for; for `login`, nobody in particular. */
export function targetUser(identity: Identity): string {
  return identity.via === 'login' ? '' : (identity.user ?? 'root')
}

/** How a `sh` makes itself known, and what it does then. */
export interface Start {
  /** Said, with the process id, before the shell reads its first command: until then whatever is written may be taken for a password. */
  readonly hello: string
  /** What sudo shall print to ask for a password. */
  readonly prompt: string
  /** What it goes on with, as `sh` text without a backslash before a quote or backslash, newline or `!`, for csh and fish read it first. */
  readonly next: string
  /** Both outputs are one terminal, and sudo asks there. */
  readonly terminal: boolean
}

/** A shell that is held: it reads commands from its stdin. */
export const HELD = { next: 'exec sh', terminal: false } as const

/**
 * The command line that starts a `sh` for an identity, safe in any login shell (csh and fish among them: single quotes, no `VAR=x cmd`).
 * It greets on both outputs, on a terminal once.
 *
 * sudo(8): `-S` reads the password from stdin, `-p` makes its prompt recognisable, `-H` sets HOME.
 * doas(1): it asks on a terminal alone, so that without one it is to fail (`-n`) before it takes the silence for a wrong password.
 * Messages are asked for in English (`LC_ALL=C`), to be recognised by {@link refusal}; the shell itself gets the locale it would have had.
 */
export function shellCommand(identity: Identity, { hello, prompt, next, terminal }: Start): string {
  const greet = `echo ${hello} $$; ${terminal ? '' : `echo ${hello} >&2; `}${next}`
  const user = quote(targetUser(identity))
  const english = `unset LC_ALL; ${greet}`
  switch (identity.via) {
    case 'login':
      return `exec sh -c ${quote(greet)}`
    case 'sudo':
      return `exec env LC_ALL=C sudo ${terminal ? '' : '-S '}-p ${quote(prompt)} -H -u ${user} sh -c ${quote(english)}`
    case 'doas':
      return `exec env LC_ALL=C doas ${terminal ? '' : '-n '}-u ${user} sh -c ${quote(english)}`
    case 'su':
      return `exec env LC_ALL=C su ${user} -c ${quote(`exec sh -c ${quote(english)}`)}`
  }
}

/** Whether `text` ends in a question for a password. */
export function asksPassword(identity: Identity, text: string, prompt: string): boolean {
  if (identity.via === 'login') return false
  return identity.via === 'sudo' ? text.endsWith(prompt) : /password[^\n]*:\s*$/i.test(text)
}

/** Why sudo, su or doas ended before a shell came up. `needs-terminal`: on one it may go well. */
export type Refusal =
  | { readonly kind: 'wrong-password' }
  | { readonly kind: 'refused' | 'needs-terminal'; readonly sentence: string }

/**
 * Reads a refusal out of what sudo, su or doas printed (in English).
 * @param login the user logged in as, for the sentence.
 * @example
 * refusal({ via: 'sudo' }, 'deploy', 'sudo: a password is required', 1)
 */
export function refusal(identity: Identity, login: string, text: string, code: number | null): Refusal {
  const { via } = identity
  const target = targetUser(identity)
  const said = lastLine(text)
  const refused = (sentence: string): Refusal => ({ kind: 'refused', sentence })
  if (
    /incorrect password attempt|sorry, try again|authentication failure|incorrect password|authentication failed|su: sorry/i.test(
      text,
    )
  ) {
    return { kind: 'wrong-password' }
  }
  if (
    /not in the sudoers file|is not allowed to|may not run sudo|operation not permitted|permission denied|not permitted/i.test(
      text,
    )
  ) {
    return refused(`${login} may not become ${target} with ${via} (${said})`)
  }
  if (/must have a tty|tty is required|terminal is required|must be run from a terminal/i.test(text)) {
    return { kind: 'needs-terminal', sentence: `${via} runs on a terminal alone (${said})` }
  }
  if (via === 'doas' && /authori[sz]ation required|authentication required/i.test(text)) {
    return { kind: 'needs-terminal', sentence: 'doas asks for a password on a terminal alone' }
  }
  if (/unknown user|unknown id|does not exist|no passwd entry|unknown login/i.test(text)) {
    return refused(`there is no user ${target} to become with ${via}`)
  }
  if (code === 127 || /not found|no such file/i.test(text)) return refused(`${via} is not installed`)
  return refused(`${via} did not give a shell as ${target}${said ? ` (${said})` : ''}`)
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
