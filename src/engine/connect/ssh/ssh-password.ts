import type { Secret } from '../../secret.js'
import type { Proof } from '../credentials.js'
import { type Answer, type AuthDialogue, type Refused, TriesUsedUp } from './auth-dialogue.js'
import type { AuthRequest } from './ssh-auth.js'

/** How giving a password, or answers, ended. */
export interface SecretsGiven {
  readonly answer: Answer
  /** How the password fared; a sentence where something else was the matter. */
  readonly proof: Proof | string
  /** The server is in the middle of asking, and no other way of telling it secrets will do better. */
  readonly over?: boolean
}

const NOTHING_HEARD: Refused = { left: [], partial: false }

/** Authenticates by password (RFC 4252 8). */
export function provePassword(dialogue: AuthDialogue, request: AuthRequest): Promise<SecretsGiven> {
  const username = request.settings.user
  return proving(request, candidate => dialogue.offer({ type: 'password', username, password: candidate.reveal() }))
}

/**
 * Finds the password that `send` gets accepted. One that uses up what the server allows is as wrong as one that it refuses;
 * the next one is for another connection.
 *
 * @throws {TriesUsedUp} when there is another password to try and this connection is over.
 */
export async function proving(
  { settings, host, credentials, progress }: AuthRequest,
  send: (candidate: Secret) => Promise<Answer>,
): Promise<SecretsGiven> {
  let answer: Answer = NOTHING_HEARD
  let over: TriesUsedUp | undefined
  const proof = await credentials.prove(
    {
      key: `password:${settings.user}`,
      prompt: `password of ${settings.user}`,
      host,
      tries: settings.numberOfPasswordPrompts,
      ...(settings.password ? { given: settings.password } : {}),
    },
    async candidate => {
      if (over) throw over
      try {
        answer = await send(candidate)
      } catch (error) {
        if (!(error instanceof TriesUsedUp)) throw error
        over = error
      }
      const right = over === undefined && (answer === 'accepted' || answer.partial)
      if (!right) progress.passwordRefused()
      return right
    },
  )
  return { answer, proof }
}
