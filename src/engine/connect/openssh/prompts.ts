import type { Secret } from '../../secret.js'
import type { Asker } from '../ask.js'
import type { CredentialRequest, Proof, Prover } from '../credentials.js'

/** ssh's own default of NumberOfPasswordPrompts. */
const MOST_PROMPTS = 3

/** A question of ssh's, by what it wants. */
export type SshPrompt =
  | { readonly kind: 'password'; readonly user: string | undefined }
  | { readonly kind: 'passphrase'; readonly file: string }
  | {
      readonly kind: 'host-key'
      readonly address: string
      readonly keyType: string
      readonly fingerprint: string
    }
  | { readonly kind: 'other'; readonly text: string }

/** Reads a prompt of OpenSSH's (sshconnect.c, sshconnect2.c). */
export function readPrompt(prompt: string): SshPrompt {
  const password = /^(?:(\S+)@\S+'s password|\((\S+)@[^)]+\) .*password.*|password):\s*$/i.exec(prompt)
  if (password) return { kind: 'password', user: password[1] ?? password[2] }
  const passphrase = /^Enter passphrase for (?:key )?'?(.+?)'?: $/.exec(prompt)
  if (passphrase) return { kind: 'passphrase', file: passphrase[1] ?? '' }
  const host = /^The authenticity of host '(\S+)(?: \((.*)\))?' can't be established/.exec(prompt)
  const key = /^(\S+) key fingerprint is (SHA256:\S+?)\.?$/m.exec(prompt)
  if (host && key) return { kind: 'host-key', address: host[1] ?? '', keyType: key[1] ?? '', fingerprint: key[2] ?? '' }
  return { kind: 'other', text: prompt.trim() }
}

export interface PromptAnswers {
  /** The host's name in the inventory. */
  readonly host: string
  /** The login password that the inventory gives to the server that is asking. */
  readonly password: () => Secret | undefined
  /** How often ssh asks for the same thing; default 3. */
  readonly mostPrompts?: number
  readonly asker: Asker
  readonly credentials: Prover
}

/** One credential that ssh has asked for. */
interface Proving {
  readonly kind: 'password' | 'passphrase'
  /** `password of deploy`. */
  readonly what: string
  /** How often it was asked for. */
  asked: number
  /** Answers the prompt that is open. */
  reply: ((answer: string | undefined) => void) | undefined
  /** Tells the attempt under way whether its answer was right. */
  verdict: ((right: boolean) => void) | undefined
  /** Something has changed for an attempt that waits. */
  wake: () => void
  /** There is no answer, or no more of them. */
  given: boolean
}

/**
 * Answers the questions of one `ssh` that is connecting. Whether an answer was right is told by what comes next: the same
 * question again, another one, or the end.
 */
export class SshPrompts {
  /** Questions that got no answer and answers that were wrong, for the sentence. */
  readonly unanswered: string[] = []
  readonly wrong: string[] = []
  /** By the prompt's own words, for two hosts on the way may want a password each. */
  readonly #proving = new Map<string, Proving>()
  #over = false

  constructor(private readonly answers: PromptAnswers) {}

  /** The answer to a prompt; `undefined` when there is none. */
  async answer(prompt: string): Promise<string | undefined> {
    const asked = readPrompt(prompt)
    switch (asked.kind) {
      case 'password': {
        const { user } = asked
        const of = user === undefined ? '' : ` of ${user}`
        const password = this.answers.password()
        return await this.#secret(
          prompt,
          'password',
          `password:${user ?? this.answers.host}`,
          `password${of}`,
          password,
        )
      }
      case 'passphrase':
        return await this.#secret(prompt, 'passphrase', `passphrase:${asked.file}`, `passphrase of ${asked.file}`)
      case 'host-key':
        return await this.#hostKey(asked)
      case 'other':
        return await this.#other(asked.text)
    }
  }

  /** A server has let us in: whatever answer came last was right. What is asked from here is another server's question. */
  accepted(): void {
    for (const { verdict } of this.#proving.values()) verdict?.(true)
    this.#proving.clear()
  }

  /**
   * ssh has given up.
   * @param denied the server let us not in; else the link broke, and an answer under way remains untried.
   */
  ended(denied: boolean): void {
    this.#over = true
    const most = this.answers.mostPrompts ?? MOST_PROMPTS
    for (const { kind, what, asked, verdict, wake } of this.#proving.values()) {
      if (denied && verdict) {
        // A passphrase that is wrong is asked for again, until there were enough: then nobody knows.
        const right = kind === 'passphrase' && asked < most
        if (!right) this.wrong.push(`wrong ${what}`)
        verdict(right)
      }
      wake()
    }
  }

  async #secret(
    prompt: string,
    kind: Proving['kind'],
    key: string,
    what: string,
    given?: Secret,
  ): Promise<string | undefined> {
    for (const [other, { verdict }] of this.#proving) verdict?.(other !== prompt)
    const known = this.#proving.get(prompt)
    if (known?.given) return undefined
    const proving = known ?? {
      kind,
      what,
      asked: 0,
      reply: undefined,
      verdict: undefined,
      wake: () => {},
      given: false,
    }
    proving.asked += 1
    const answer = new Promise<string | undefined>(resolve => {
      proving.reply = resolve
    })
    if (known) proving.wake()
    else {
      this.#proving.set(prompt, proving)
      const request = { key, prompt: what, host: this.answers.host, ...(given ? { given } : {}) }
      void this.#prove(proving, request)
    }
    return await answer
  }

  async #prove(proving: Proving, request: CredentialRequest): Promise<void> {
    let proof: Proof | undefined
    try {
      proof = await this.answers.credentials.prove(request, candidate => this.#attempt(proving, candidate))
    } catch {
      // ssh asks no more; what it says at its end is the reason.
    }
    if (proof === 'unanswered') this.unanswered.push(`nobody gave the ${request.prompt}`)
    if (proof === 'refused' && !this.#over) this.wrong.push(`wrong ${request.prompt}`)
    proving.given = true
    // Without an answer ssh tries what else there is.
    proving.reply?.(undefined)
  }

  async #attempt(proving: Proving, candidate: Secret): Promise<boolean> {
    while (!proving.reply) await this.#change(proving)
    const { reply } = proving
    proving.reply = undefined
    let right: boolean | undefined
    proving.verdict = said => {
      right = said
      proving.verdict = undefined
      proving.wake()
    }
    reply(candidate.reveal())
    while (right === undefined) await this.#change(proving)
    return right
  }

  async #change(proving: Proving): Promise<void> {
    if (this.#over) throw new Error('ssh asks no more')
    await new Promise<void>(resolve => {
      proving.wake = resolve
    })
  }

  async #hostKey(asked: Extract<SshPrompt, { kind: 'host-key' }>): Promise<string> {
    const { address, keyType, fingerprint } = asked
    const { host, asker } = this.answers
    const key = `hostkey:${address}:${fingerprint}`
    const answer = await asker.hostKey({
      kind: 'hostkey',
      key,
      host,
      hosts: [host],
      address,
      keyType,
      fingerprint,
      otherNames: [],
    })
    if (answer === undefined)
      this.unanswered.push('nobody is there to ask: add it to known_hosts or set strictHostKeyChecking to accept-new')
    return answer ? 'yes' : 'no'
  }

  async #other(prompt: string): Promise<string | undefined> {
    const { host, asker } = this.answers
    const answer = await asker.secret({
      kind: 'secret',
      key: `interactive:${host}:${prompt}`,
      prompt,
      hosts: [host],
      retry: false,
    })
    if (answer === undefined) this.unanswered.push(`nobody answered ${JSON.stringify(prompt)}`)
    return answer?.reveal()
  }
}
