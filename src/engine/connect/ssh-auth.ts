import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, NextAuthHandler } from 'ssh2'
import type { Secret } from '../secret.js'
import type { Asker } from './ask.js'
import type { Proof, Prover } from './credentials.js'
import { type KeyRing, OfferAgent } from './ssh-keys.js'
import type { SshSettings } from './ssh-settings.js'
import type { TraceNote } from './trace.js'

/** What the server answered to the last method: the methods it would still take. */
interface Refused {
  readonly left: readonly string[]
}
type Answer = 'accepted' | Refused

/** Turns ssh2's callback, "which method next?", into a dialogue: offer one, hear the answer. */
export class AuthDialogue {
  readonly handler: AuthHandlerMiddleware
  #next: NextAuthHandler | undefined
  #hear: (answer: Answer) => void = () => {}
  #heard: Promise<Answer>

  constructor() {
    this.#heard = this.#listen()
    this.handler = (left, _partial, next) => {
      this.#next = next
      // On the first call there has been no answer yet: ssh2 passes null, whatever its types say.
      this.#hear({ left: left ?? [] })
    }
  }

  /** The server is ready for the first method. */
  begin(): Promise<Answer> {
    return this.#heard
  }

  async offer(method: AnyAuthMethod): Promise<Answer> {
    this.#heard = this.#listen()
    this.#next?.(method)
    return await this.#heard
  }

  accepted(): void {
    this.#hear('accepted')
  }

  #listen(): Promise<Answer> {
    return new Promise(resolve => {
      this.#hear = resolve
    })
  }
}

export interface AuthRequest {
  readonly host: string
  readonly settings: SshSettings
  readonly keys: KeyRing
  readonly credentials: Prover
  readonly asker: Asker
  /** Whether passwords may be sent to this server at all. */
  readonly passwords: boolean
  note(note: TraceNote | string): void
}

/**
 * Authenticates: keys first, then a password, then keyboard-interactive, as far as the server takes them.
 * @returns why it failed, in one sentence; `undefined` when the server let us in.
 */
export async function authenticate(dialogue: AuthDialogue, request: AuthRequest): Promise<string | undefined> {
  const { settings, keys } = request
  const username = settings.user
  await dialogue.begin()
  const agent = new OfferAgent(keys.offers)
  for (const offer of keys.offers) request.note(`offering ${offer.label}`)
  let answer = await dialogue.offer(
    keys.offers.length > 0 ? { type: 'agent', username, agent } : { type: 'none', username },
  )
  let password: Proof | undefined
  for (const method of ['password', 'keyboard-interactive'] as const) {
    if (answer === 'accepted') return undefined
    if (!request.passwords || !answer.left.includes(method)) continue
    if (password === 'refused' || password === 'unanswered') break
    password = await provePassword(request, async candidate => {
      answer = await dialogue.offer(passwordMethod(method, candidate, request))
      return answer === 'accepted'
    })
  }
  if (answer === 'accepted') return undefined
  return sentence(request, [...keys.problems, ...agent.problems], answer.left, password)
}

function provePassword(request: AuthRequest, attempt: (candidate: Secret) => Promise<boolean>): Promise<Proof> {
  const { settings, host, credentials } = request
  const given = settings.password ? { given: settings.password } : {}
  return credentials.prove(
    { key: `password:${settings.user}`, prompt: `password of ${settings.user}`, host, ...given },
    attempt,
  )
}

function passwordMethod(method: AuthenticationType, candidate: Secret, request: AuthRequest): AnyAuthMethod {
  const username = request.settings.user
  if (method === 'password') return { type: 'password', username, password: candidate.reveal() }
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      void Promise.all(
        prompts.map(async ({ prompt, echo }, index) => {
          if (index === 0 && !echo) return candidate.reveal()
          const key = `interactive:${request.host}:${prompt}`
          const answer = await request.asker.secret({
            kind: 'secret',
            key,
            prompt: prompt.trim(),
            hosts: [request.host],
            retry: false,
          })
          return answer?.reveal() ?? ''
        }),
      ).then(finish)
    },
  }
}

function sentence(
  request: AuthRequest,
  problems: readonly string[],
  left: readonly string[],
  password: Proof | undefined,
): string {
  const { user, host, port } = request.settings
  const { offers } = request.keys
  const keys = offers.length === 0 ? 'no key to offer' : `refused: ${offers.map(offer => offer.label).join(', ')}`
  const parts = [keys, ...problems]
  if (password === 'refused') parts.push('wrong password')
  else if (left.some(method => method === 'password' || method === 'keyboard-interactive')) {
    parts.push(
      request.passwords
        ? 'the server would take a password and none was given'
        : 'no password is sent to a server with a changed host key',
    )
  }
  return `${host}:${port} does not let ${user} in (${parts.join('; ')})`
}
