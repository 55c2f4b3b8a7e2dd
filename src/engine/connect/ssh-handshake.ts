import type { Duplex } from 'node:stream'
import type { Algorithms, Client } from 'ssh2'
import type { Asker } from './ask.js'
import type { OpenContext, Phase } from './connector.js'
import type { Prover } from './credentials.js'
import { HostKeyCheck } from './host-key-check.js'
import { watchForSilence } from './keep-alive.js'
import type { PhaseClock } from './phase-clock.js'
import { AuthDialogue, authenticate } from './ssh-auth.js'
import { hearIdentification } from './ssh-identification.js'
import { gatherKeys, type UnlockedKeys } from './ssh-keys.js'
import type { SshSettings } from './ssh-settings.js'
import { TurnedAway } from './turned-away.js'

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
  // Closed while the keys were read: ssh2 would wait for ever for an end that has passed.
  if (socket.destroyed) throw turnedAway(settings, '')
  const dialogue = new AuthDialogue()
  await new Promise<void>((resolve, reject) => {
    let lastError: Error | undefined
    let introduced = false
    let said = () => ''
    const failed = (error: Error | undefined): Error => {
      if (check.refusal !== undefined) return new Error(check.refusal)
      if (!introduced && (!error || CUT.test(error.message))) return turnedAway(settings, said())
      return new Error(failure(settings, error))
    }
    client.on('error', error => {
      lastError = error
      // A key that could not sign: ssh2 goes on to the next one.
      if ('level' in error && error.level === 'agent') return
      reject(failed(error))
    })
    client.once('close', () => reject(failed(lastError)))
    client.once('ready', () => {
      dialogue.accepted()
      watchForSilence(socket, settings, () => {
        client.emit('error', new Error('keepalive'))
        client.destroy()
      })
      resolve()
    })
    client.on('banner', text => context.note({ kind: 'banner', text: text.trim() }))
    client.once('handshake', ({ kex, serverHostKey, cs }) => {
      const { cipher, mac } = cs
      context.note({ kind: 'algorithms', kex, hostKey: serverHostKey, cipher, ...(mac === '' ? {} : { mac }) })
      enter('auth')
      const request = { host, settings, keys, credentials, asker, passwords: !check.distrusted, note: context.note }
      authenticate(dialogue, request).then(refusal => refusal !== undefined && reject(new Error(refusal)), reject)
    })
    client.connect({
      sock: socket,
      username: settings.user,
      readyTimeout: 0,
      keepaliveInterval: settings.serverAliveInterval,
      // ssh2 only asks; whether anything comes back is watched below.
      keepaliveCountMax: Number.POSITIVE_INFINITY,
      algorithms: offeredAlgorithms(settings, check.preferred),
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        check.accept(key).then(verify, error => {
          check.refusal = `the host key cannot be checked (${String(error)})`
          verify(false)
        })
      },
      authHandler: dialogue.handler,
    })
    said = hearIdentification(socket, version => {
      introduced = true
      context.note({ kind: 'server', version })
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
  if (/no matching/i.test(message)) return `${where} shares no algorithm with us (${message})`
  if (/too many authentication failures/i.test(message)) {
    return `${where} closed the connection after too many keys; choose one with identityFile and identitiesOnly`
  }
  return `${where} broke the connection off (${message})`
}

/** How the end of the connection reads when it came from the other side. */
const CUT = /before handshake|ECONNRESET|EPIPE/

function turnedAway({ host, port }: SshSettings, said: string): TurnedAway {
  const words = said === '' ? '' : ` (it says: ${said})`
  return new TurnedAway(`${host}:${port} accepted and then closed the connection without a word of SSH${words}`, said)
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
