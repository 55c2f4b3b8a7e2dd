import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../connect/connector.js'
import { type Identity, LOGIN } from '../connect/link.js'
import { IdentityError } from '../errors.js'
import { Greeting } from './greeting.js'
import { HeldShell } from './held-shell.js'
import { HELD, targetUser } from './identity.js'
import { joinScript, pipesScript } from './named-pipes.js'
import { inBrackets, lastWords, openShell, type ShellSource } from './open-shell.js'
import { openTerminal } from './open-terminal.js'
import { pastLine } from './past-line.js'

/** The shell itself never sees it. */
const PTY = { columns: 80, rows: 24, term: 'dumb' } as const
/** How long the end of one channel is waited for when the other has ended, milliseconds. */
const LINGER_MS = 300

/**
 * Starts a `sh` to be held for an identity whose program works, or asks for a password, on a terminal alone. It is answered on one,
 * which stays as long as the shell. The shell's own streams lead through named pipes to another channel, of the login user's, for a
 * terminal would make one of both outputs and change the bytes.
 *
 * @param terminal opens the channel of the terminal.
 * @throws {IdentityError} the program refuses, or the host has no pipes.
 * @throws {Error} as `terminal` does.
 */
export async function openShellByTerminal(
  source: ShellSource,
  identity: Identity,
  terminal: ShellSource['exec'],
): Promise<HeldShell> {
  const [hello, joined] = [mark(), mark()]
  const opened: Channel[] = []
  const giveUp = (said: string) => new IdentityError(source.host, noPipes(identity, said))
  try {
    const name = randomBytes(16).toString('hex')
    const login = await openShell(source, LOGIN)
    const streams = await login.handOver(pipesScript(name, targetUser(identity) !== 'root'))
    opened.push(streams)
    const made = await pastLine(streams, new RegExp(`/.*/${name}`), source.timeout)
    if (made.line === undefined) throw giveUp(made.said)
    const path = Buffer.from(made.line, 'latin1').toString('utf8')
    const script = joinScript(path, joined, `echo ${hello} $$; echo ${hello} >&2; ${HELD.next}`)
    const { channel } = await openTerminal({ ...source, exec: terminal }, identity, { script, pty: PTY })
    opened.push(channel)
    const begun = await pastLine(channel, new RegExp(joined), source.timeout)
    if (begun.line === undefined) throw giveUp(begun.said)
    channel.stdout.resume()
    streams.stdin.write('joined\n')
    const greeting = new Greeting(both(streams, channel), LOGIN, { hello, prompt: '', ...HELD }, source.timeout)
    for (const output of [streams.stdout, streams.stderr]) output.resume()
    const step = await greeting.next()
    if (step.kind !== 'ready') throw giveUp(step.kind === 'password' ? '' : step.text)
    return new HeldShell(greeting.release(), step.pid)
  } catch (error) {
    for (const channel of opened) channel.close()
    throw error
  }
}

/** The streams of one channel with the exit of the other. */
function both(streams: Channel, terminal: Channel): Channel {
  const close = () => {
    streams.close()
    terminal.close()
  }
  void streams.exit.then(() => sleep(LINGER_MS, undefined, { ref: false })).then(close)
  const exit = terminal.exit.then(async how => {
    await Promise.race([streams.exit, sleep(LINGER_MS, undefined, { ref: false })])
    streams.close()
    return how
  })
  const { stdin, stdout, stderr } = streams
  return { stdin, stdout, stderr, exit, close }
}

function noPipes({ via }: Identity, text: string): string {
  return `${via} works on a terminal alone there, and its shell cannot be reached through named pipes${inBrackets(lastWords({ text }))}`
}

const mark = () => `muster-${randomBytes(8).toString('hex')}`
