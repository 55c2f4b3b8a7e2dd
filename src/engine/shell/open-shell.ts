import { randomBytes } from 'node:crypto'
import type { Channel, ExecOptions } from '../connect/connector.js'
import type { Credentials } from '../connect/credentials.js'
import type { Identity } from '../connect/link.js'
import { IdentityError, UnreachableError } from '../errors.js'
import type { Secret } from '../secret.js'
import { sanitiseLines } from '../text/sanitise.js'
import { Greeting, type Step } from './greeting.js'
import { HeldShell } from './held-shell.js'
import { HELD, refusal, type Start, shellCommand, targetUser } from './identity.js'

/** Characters of what was said that go into a sentence. */
const MOST_SAID = 200

/** What it takes to start a shell on a host. */
export interface ShellSource {
  readonly host: string
  /** The user logged in as. */
  readonly user: string
  readonly credentials: Credentials
  /** The password the inventory gives for sudo, su and doas. */
  readonly password: () => Promise<Secret | undefined>
  /** Milliseconds a shell may take to answer. */
  readonly timeout: number
  exec(command: string, options?: ExecOptions): Promise<Channel>
}

/** A `sh` that has greeted, on its channel. */
export interface StartedShell {
  readonly channel: Channel
  /** Its process id on the host. */
  readonly pid: number
}

/** sudo, su or doas does nothing without a terminal; no password was tried. */
export class NeedsTerminal extends IdentityError {}

/** Starts a `sh` for an identity, to be held. @throws as {@link startShell} */
export async function openShell(source: ShellSource, identity: Identity): Promise<HeldShell> {
  const { channel, pid } = await startShell(source, identity, HELD)
  return new HeldShell(channel, pid)
}

/**
 * Starts a `sh` for an identity and waits for its greeting, giving the password (over stdin or the terminal) when one is asked for.
 * @throws {NeedsTerminal} sudo, su or doas wants a terminal and has none.
 * @throws {IdentityError} sudo, su or doas refused.
 * @throws {UnreachableError} the login shell did not start a `sh`.
 */
export async function startShell(
  source: ShellSource,
  identity: Identity,
  how: Pick<Start, 'next' | 'terminal'>,
  options: ExecOptions = {},
): Promise<StartedShell> {
  const greet = async () => {
    const nonce = randomBytes(8).toString('hex')
    const start = { hello: `muster-${nonce}`, prompt: `[muster ${nonce}] password: `, ...how }
    const channel = await source.exec(shellCommand(identity, start), options)
    return new Greeting(channel, identity, start, source.timeout)
  }
  let greeting = await greet()
  let step = await greeting.next()
  try {
    if (step.kind === 'password') {
      const proof = await source.credentials.prove(
        {
          key: identity.via === 'su' ? `su:${targetUser(identity)}` : `${identity.via}:${source.user}`,
          prompt: passwordName(source, identity),
          host: source.host,
          ...given(await source.password()),
        },
        async candidate => {
          if (step.kind === 'ended') {
            greeting = await greet()
            step = await greeting.next()
          }
          if (step.kind === 'password') step = await greeting.answer(candidate)
          if (step.kind === 'ready') return true
          if (step.kind === 'password' || (step.kind === 'ended' && wrongPassword(source, identity, step))) return false
          throw failure(source, identity, step)
        },
      )
      if (proof === 'unanswered') throw new IdentityError(source.host, noAnswer(source, identity))
      if (proof === 'refused') throw new IdentityError(source.host, `wrong ${passwordName(source, identity, 'for')}`)
    }
  } catch (error) {
    greeting.abandon()
    throw error
  }
  if (step.kind === 'ready') return { channel: greeting.release(), pid: step.pid }
  throw failure(source, identity, step)
}

type Ended = Extract<Step, { kind: 'ended' }>

function wrongPassword(source: ShellSource, identity: Identity, { text, code }: Ended): boolean {
  return refusal(identity, source.user, text, code).kind === 'wrong-password'
}

/** `sudo password of deploy`; su asks for the target's password, the others for one's own. */
function passwordName(source: ShellSource, identity: Identity, link = 'of'): string {
  return `${identity.via} password ${link} ${identity.via === 'su' ? targetUser(identity) : source.user}`
}

function noAnswer(source: ShellSource, identity: Identity): string {
  return `${identity.via} wants a password of ${identity.via === 'su' ? targetUser(identity) : source.user} and got none; set sudoPassword in the inventory or answer the question`
}

function failure(source: ShellSource, identity: Identity, step: Exclude<Step, { kind: 'ready' }>): Error {
  if (step.kind !== 'ended') {
    const seconds = source.timeout / 1000
    return identity.via === 'login'
      ? new UnreachableError(
          source.host,
          `logged in as ${source.user}, but no shell answered within ${seconds} s${inBrackets(step.kind === 'silent' ? lastWords(step) : undefined)}`,
        )
      : new IdentityError(source.host, `${identity.via} did not answer within ${seconds} s`)
  }
  if (identity.via === 'login') {
    const how = lastWords(step) ?? ending(step)
    return new UnreachableError(
      source.host,
      `logged in as ${source.user}, but the login shell gave no sh${inBrackets(how)}`,
    )
  }
  const why = refusal(identity, source.user, step.text, step.code)
  if (why.kind === 'needs-terminal') return new NeedsTerminal(source.host, why.sentence)
  return new IdentityError(
    source.host,
    why.kind === 'refused' ? why.sentence : `wrong ${passwordName(source, identity, 'for')}`,
  )
}

/** The end of what was said, fit for a sentence. */
export function lastWords({ text }: { readonly text: string }): string | undefined {
  const said = sanitiseLines(text, { colour: false })
    .map(line => line.trim())
    .findLast(line => line !== '')
  return said === undefined ? undefined : `it says: ${said.slice(-MOST_SAID)}`
}

function ending({ code, signal }: Ended): string | undefined {
  if (signal !== undefined) return `it was ended by ${signal}`
  return code === null ? undefined : `it ended with exit code ${code}`
}

/** A reason behind a sentence, if there is one. */
export function inBrackets(text: string | undefined): string {
  return text === undefined ? '' : ` (${text})`
}

const given = (password: Secret | undefined) => (password ? { given: password } : {})
