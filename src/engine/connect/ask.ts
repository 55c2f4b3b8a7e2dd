import type { Secret } from '../secret.js'

/** A question that only a person can answer while connecting. */
export type Question =
  | {
      readonly kind: 'secret'
      /** Questions with the same key are asked once and share the answer: `sudo:deploy`, `passphrase:~/.ssh/id_ed25519`. */
      readonly key: string
      /** What is asked: `sudo password of deploy`. */
      readonly prompt: string
      readonly hosts: readonly string[]
      /** The answer before this one was wrong. */
      readonly retry: boolean
    }
  | {
      readonly kind: 'hostkey'
      readonly key: string
      readonly host: string
      /** All that show this key at this moment and share the answer, {@link host} first. */
      readonly hosts: readonly string[]
      readonly address: string
      readonly keyType: string
      /** `SHA256:…`, as OpenSSH prints it. */
      readonly fingerprint: string
      /** What known_hosts calls other hosts with this very key. */
      readonly otherNames: readonly string[]
    }

/**
 * Whoever can answer: the screen, a plain prompt, a test, or nobody.
 * `undefined` means no answer (no terminal, or the person declined): the caller fails with one clear sentence.
 */
export interface Asker {
  secret(question: Extract<Question, { kind: 'secret' }>): Promise<Secret | undefined>
  hostKey(question: Extract<Question, { kind: 'hostkey' }>): Promise<boolean | undefined>
}

/** Nobody is there: every question goes unanswered. */
export const nobody: Asker = {
  secret: async () => undefined,
  hostKey: async () => undefined,
}
