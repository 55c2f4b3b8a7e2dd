import type { Duplex } from 'node:stream'
import ssh2, { type Algorithms, type Client } from 'ssh2'
import { sanitise } from '../../text/sanitise.js'
import type { Asker } from '../ask.js'
import type { OpenContext, Phase } from '../connector.js'
import type { Prover } from '../credentials.js'
import { HostKeyCheck } from '../host-keys/host-key-check.js'
import type { NewHostKeys } from '../host-keys/new-host-keys.js'
import type { AcceptedKeys } from '../keys/accepted-keys.js'
import type { KeySources } from '../keys/key-sources.js'
import { gatherKeys } from '../keys/ssh-keys.js'
import { TurnedAway } from '../link/turned-away.js'
import { NeedsOpenSsh } from '../needs-openssh.js'
import type { PhaseClock } from '../phase-clock.js'
import { addressText } from '../stream-address.js'
import { AuthDialogue, TriesUsedUp } from './auth-dialogue.js'
import type { LoginProgress } from './auth-progress.js'
import { gatherWrites } from './gathered-writes.js'
import { watchForSilence } from './keep-alive.js'
import { authenticate } from './ssh-auth.js'
import { hearIdentification } from './ssh-identification.js'
import type { SshSettings } from './ssh-settings.js'
import { leaveHostKeysUnproven } from './unasked-proofs.js'

/** What the connections of a connector know in common. */
export interface LoginMemory {
  readonly sources: KeySources
  readonly accepted: AcceptedKeys
  readonly newKeys: NewHostKeys
}

export interface HandshakeRequest {
  readonly client: Client
  readonly socket: Duplex
  readonly host: string
  readonly settings: SshSettings
  readonly context: OpenContext
  readonly clock: PhaseClock
  readonly memory: LoginMemory
  readonly progress: LoginProgress
  enter(phase: Phase): void
}

/** What came out of it beside a client that is ready. */
export interface Handshake {
  /** The host key is not the one that is known: nothing is to be trusted to this server, neither agent nor passwords. */
  readonly distrusted: boolean
}

/**
 * Key exchange, host key check and authentication on a fresh socket.
 * @throws {TriesUsedUp} when the server has seen too many attempts and there is more to try on another connection.
 * @throws {Error} with one clear sentence.
 */
export async function handshake(request: HandshakeRequest): Promise<Handshake> {
  const { client, socket, host, settings, context, clock, enter, progress, memory } = request
  const { asker, credentials } = offTheClock(context.asker, context.credentials, clock)
  enter('kex')
  const [check, keys] = await Promise.all([
    HostKeyCheck.load({
      host,
      settings,
      asker,
      newKeys: memory.newKeys,
      outside: work => clock.outside(work),
      note: context.note,
    }),
    progress.ring(() => gatherKeys(host, settings, credentials, memory.sources)),
  ])
  // Closed while the keys were read: ssh2 would wait for ever for an end that has passed.
  if (socket.destroyed) throw turnedAway(settings, '')
  const dialogue = new AuthDialogue()
  const words = new ServerWords()
  await new Promise<void>((resolve, reject) => {
    let lastError: Error | undefined
    const over = () => {
      const error = ending(host, settings, lastError, words, check)
      dialogue.end(error)
      // Authenticating tells more about an end in its midst; where it has not begun, nobody else will.
      if (!words.authenticating || !(error instanceof TriesUsedUp)) reject(error)
    }
    client.on('error', error => {
      lastError = error
      // A key that could not sign: ssh2 goes on to the next one.
      if ('level' in error && error.level === 'agent') return
      over()
    })
    client.once('close', over)
    client.once('ready', () => {
      dialogue.accepted()
      watchForSilence(socket, settings, () => {
        client.emit('error', new Error('keepalive'))
        // Not client.destroy(): a connection being closed is not writable, and that spares it.
        socket.destroy()
      })
      resolve()
    })
    client.on('banner', text => {
      words.heard(text)
      context.note({ kind: 'banner', text: text.trim() })
    })
    client.on('change password', said => dialogue.end(new Error(expired(settings, said))))
    client.once('handshake', ({ kex, serverHostKey, cs }) => {
      const { cipher, mac } = cs
      context.note({ kind: 'algorithms', kex, hostKey: serverHostKey, cipher, ...(mac === '' ? {} : { mac }) })
      enter('auth')
      words.authenticating = true
      authenticate(dialogue, {
        host,
        settings,
        keys,
        accepted: memory.accepted,
        progress,
        credentials,
        asker,
        passwords: !check.distrusted,
        note: context.note,
      }).then(refusal => refusal !== undefined && reject(new Error(words.append(refusal))), reject)
    })
    gatherWrites(socket)
    client.connect({
      sock: socket,
      username: settings.user,
      readyTimeout: 0,
      keepaliveInterval: settings.serverAliveInterval,
      // ssh2 only asks; whether anything comes back is watched below.
      keepaliveCountMax: Number.POSITIVE_INFINITY,
      algorithms: offeredAlgorithms(settings, check),
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        void check.accept(key).then(verify)
      },
      authHandler: dialogue.handler,
      // Not for logging in, which goes by the dialogue: for what is run on the host.
      ...(settings.forwardAgent === undefined ? {} : { agent: new ssh2.OpenSSHAgent(settings.forwardAgent) }),
    })
    leaveHostKeysUnproven(client)
    words.beforeHand = hearIdentification(socket, version => {
      words.version = version
      context.note({ kind: 'server', version })
    })
  })
  return { distrusted: check.distrusted }
}

/** What the server says to people. PAM gives its reasons in a banner, right before it hangs up. */
class ServerWords {
  /** The name it has given itself as an SSH server. */
  version: string | undefined
  authenticating = false
  /** What it said instead, or before. */
  beforeHand = () => ''
  #last = ''

  heard(text: string): void {
    this.#last = sanitise(text, { colour: false }).trim().replace(/\s+/g, ' ')
  }

  append(sentence: string): string {
    return this.#last === '' ? sentence : `${sentence}; the server says: ${this.#last.slice(0, 300)}`
  }
}

function offeredAlgorithms({ algorithms }: SshSettings, check: HostKeyCheck): Algorithms {
  const { kex, cipher, mac } = algorithms
  return {
    kex: [...kex],
    serverHostKey: [...check.algorithms],
    cipher: [...cipher],
    hmac: [...mac],
  }
}

function ending(
  host: string,
  settings: SshSettings,
  error: Error | undefined,
  words: ServerWords,
  check: HostKeyCheck,
): Error {
  if (check.refused) return check.refused
  if (words.version === undefined && (!error || CUT.test(error.message)))
    return turnedAway(settings, words.beforeHand())
  const where = addressText(settings)
  if (!error) {
    return new Error(
      words.authenticating
        ? words.append(`${where} closed the connection while ${settings.user} was logging in`)
        : `${where} closed the connection before it was ready`,
    )
  }
  const { message } = error
  if (NO_SSH.test(message)) return new Error(`${where} ${notOurs(words)}`)
  if (/too many authentication failures/i.test(message)) {
    return new TriesUsedUp(
      `${where} closed the connection after too many keys; choose one with identityFile and identitiesOnly`,
    )
  }
  if (/no matching/i.test(message))
    return new NeedsOpenSsh(host, `${where} shares no algorithm with ssh2 (${message})`, 'algorithm')
  return new Error(words.append(`${where} broke the connection off (${message})`))
}

/** How ssh2 reads the first lines of what is no SSH 2 server. */
const NO_SSH = /invalid identification|invalid header|header line too long|max greeting lines/i

function notOurs({ version, beforeHand }: ServerWords): string {
  const old = version && /^SSH-(1\.\d+)-/.exec(version)?.[1]
  if (old && old !== '1.99') return `speaks SSH ${old} alone, which is not safe and which muster does not speak`
  const said = version ?? beforeHand()
  return `does not answer as an SSH server${said === '' ? '' : ` (it says: ${said})`}`
}

/** How the end of the connection reads when it came from the other side. */
const CUT = /before handshake|ECONNRESET|EPIPE/

/** sshd says why when it has too many callers, or has had enough of this one. Anything else that is said is no SSH. */
function turnedAway(settings: SshSettings, heard: string): Error {
  const where = addressText(settings)
  // Cut off in the midst of its name, it has said nothing.
  const said = /^S(?:S(?:H(?:-.*)?)?)?$/.test(heard) ? '' : heard
  if (said !== '' && !/maxstartups|not allowed at this time/i.test(said))
    return new Error(`${where} does not answer as an SSH server (it says: ${said})`)
  const words = said === '' ? '' : ` (it says: ${said})`
  return new TurnedAway(`${where} accepted and then closed the connection without a word of SSH${words}`, said)
}

/** RFC 4252 8, SSH_MSG_USERAUTH_PASSWD_CHANGEREQ. */
function expired({ user }: SshSettings, said: string): string {
  const words = said.trim() === '' ? '' : ` (“${said.trim()}”)`
  return `the password of ${user} has expired and the server wants a new one${words}: log in once with ssh and change it`
}

/** Time that a person (or another host's attempt with the same password) takes does not count. */
function offTheClock(asker: Asker, credentials: Prover, clock: PhaseClock): { asker: Asker; credentials: Prover } {
  return {
    asker: {
      secret: question => clock.outside(() => asker.secret(question)),
      hostKey: question => clock.outside(() => asker.hostKey(question)),
    },
    credentials: {
      prove: (request, attempt) =>
        clock.outside(() => credentials.prove(request, candidate => clock.inside(() => attempt(candidate)))),
    },
  }
}
