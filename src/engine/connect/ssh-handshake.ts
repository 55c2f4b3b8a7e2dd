import type { Duplex } from 'node:stream'
import type { Client, ServerHostKeyAlgorithm } from 'ssh2'
import type { Asker } from './ask.js'
import type { OpenContext, Phase } from './connector.js'
import type { Prover } from './credentials.js'
import { HostKeyCheck } from './host-key-check.js'
import type { PhaseClock } from './phase-clock.js'
import { AuthDialogue, authenticate } from './ssh-auth.js'
import { gatherKeys, type UnlockedKeys } from './ssh-keys.js'
import type { SshSettings } from './ssh-settings.js'

/** ssh2's own order, AES-GCM first: hardware makes it the fastest by far. */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const
const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
]
/** A link that says nothing for three of these is lost, milliseconds. */
const KEEPALIVE_MS = 5000

export interface HandshakeRequest {
  readonly client: Client
  readonly socket: Duplex
  readonly host: string
  readonly settings: SshSettings
  readonly context: OpenContext
  readonly clock: PhaseClock
  readonly unlocked: UnlockedKeys
  enter(phase: Phase): void
}

/** Key exchange, host key check and authentication on a fresh socket. @throws {Error} with one clear sentence. */
export async function handshake(request: HandshakeRequest): Promise<void> {
  const { client, socket, host, settings, context, clock, enter } = request
  const { asker, credentials } = offTheClock(context.asker, context.credentials, clock)
  enter('kex')
  const [check, keys] = await Promise.all([
    HostKeyCheck.load(host, settings, asker),
    gatherKeys(host, settings, credentials, request.unlocked),
  ])
  const dialogue = new AuthDialogue()
  await new Promise<void>((resolve, reject) => {
    let lastError: Error | undefined
    client.on('error', error => {
      lastError = error
      // A key that could not sign: ssh2 goes on to the next one.
      if ('level' in error && error.level === 'agent') return
      reject(new Error(check.refusal ?? failure(settings, error)))
    })
    client.once('close', () => reject(new Error(check.refusal ?? failure(settings, lastError))))
    client.once('ready', () => {
      dialogue.accepted()
      resolve()
    })
    client.on('banner', text => context.note(`banner: ${text.trim()}`))
    client.once('handshake', () => {
      enter('auth')
      const request = { host, settings, keys, credentials, asker, passwords: !check.distrusted, note: context.note }
      authenticate(dialogue, request).then(refusal => refusal !== undefined && reject(new Error(refusal)), reject)
    })
    client.connect({
      sock: socket,
      username: settings.user,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: 3,
      algorithms: { cipher: [...CIPHERS], serverHostKey: hostKeyOrder(check.preferred) },
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        check.accept(key).then(verify, error => {
          check.refusal = `the host key cannot be checked (${String(error)})`
          verify(false)
        })
      },
      authHandler: dialogue.handler,
    })
  })
}

/** Types already known come first, so that a server with several keys shows one that can be checked. */
function hostKeyOrder(preferred: readonly string[]): ServerHostKeyAlgorithm[] {
  const known = HOST_KEYS.filter(algorithm => preferred.includes(algorithm))
  return [...known, ...HOST_KEYS.filter(algorithm => !known.includes(algorithm))]
}

function failure(settings: SshSettings, error: Error | undefined): string {
  const where = `${settings.host}:${settings.port}`
  if (!error) return `${where} closed the connection before it was ready`
  const { message } = error
  if (/before handshake/i.test(message)) return `${where} accepted and then closed the connection without a word of SSH`
  if (/no matching/i.test(message)) return `${where} shares no algorithm with us (${message})`
  if (/too many authentication failures/i.test(message)) {
    return `${where} closed the connection after too many keys; choose one with identityFile and identitiesOnly`
  }
  return `${where} broke the connection off (${message})`
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
