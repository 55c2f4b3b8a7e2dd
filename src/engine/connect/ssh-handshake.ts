import type { Duplex } from 'node:stream'
import type { Algorithms, Client } from 'ssh2'
import type { Asker } from './ask.js'
import type { OpenContext, Phase } from './connector.js'
import type { Prover } from './credentials.js'
import { HostKeyCheck } from './host-key-check.js'
import type { PhaseClock } from './phase-clock.js'
import { AuthDialogue, authenticate } from './ssh-auth.js'
import { gatherKeys, type UnlockedKeys } from './ssh-keys.js'
import type { SshSettings } from './ssh-settings.js'

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
      keepaliveInterval: settings.serverAliveInterval,
      keepaliveCountMax: settings.serverAliveCountMax,
      algorithms: offeredAlgorithms(settings, check.preferred),
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

/** Host keys of types already known come first, so that a server with several keys shows one that can be checked. */
function offeredAlgorithms({ algorithms, hostKeyOrderChosen }: SshSettings, preferred: readonly string[]): Algorithms {
  const { kex, serverHostKey, cipher, mac } = algorithms
  const known = hostKeyOrderChosen ? [] : serverHostKey.filter(algorithm => preferred.includes(algorithm))
  return {
    kex: [...kex],
    serverHostKey: [...new Set([...known, ...serverHostKey])],
    cipher: [...cipher],
    hmac: [...mac],
  }
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
