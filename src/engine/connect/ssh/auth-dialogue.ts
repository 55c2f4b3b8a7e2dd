import type { AnyAuthMethod, AuthHandlerMiddleware, NextAuthHandler, Prompt } from 'ssh2'

/** The server did not let us in by the last method alone. */
export interface Refused {
  /** The methods it would still take. */
  readonly left: readonly string[]
  /** The method itself was right, and another one is wanted besides (RFC 4252 5.1, partial success). */
  readonly partial: boolean
}
export type Answer = 'accepted' | Refused

/** The server asks something in the course of keyboard-interactive authentication (RFC 4256). */
export interface InfoRequest {
  readonly instructions: string
  readonly prompts: readonly Prompt[]
  /** Answers all prompts, in their order. */
  reply(answers: readonly string[]): Promise<Answer | InfoRequest>
}

/** The server ended the connection because of too many failed attempts (MaxAuthTries): what it was asked last is refused. */
export class TriesUsedUp extends Error {}

interface Waiting {
  resolve(answer: Answer | InfoRequest): void
  reject(error: Error): void
}

/** Turns ssh2's callback, "which method next?", into a dialogue: offer one, hear the answer. */
export class AuthDialogue {
  readonly handler: AuthHandlerMiddleware
  #next: NextAuthHandler | undefined
  #waiting: Waiting | undefined
  #ended: Error | undefined

  constructor() {
    this.handler = (left, partial, next) => {
      this.#next = next
      // On the first call there has been no answer yet: ssh2 passes null, whatever its types say.
      this.#hear({ left: left ?? [], partial: partial ?? false })
    }
  }

  /** Waits until the server is ready for the first method. */
  async begin(): Promise<void> {
    if (!this.#next) await this.#wait()
  }

  /** @throws {Error} what {@link AuthDialogue.end} was told, when the connection ends instead. */
  async offer(method: AnyAuthMethod): Promise<Answer> {
    const answer = this.#wait()
    this.#next?.(method)
    const heard = await answer
    if (heard !== 'accepted' && 'reply' in heard) throw new Error('the server asks a question nobody expected')
    return heard
  }

  /** Begins keyboard-interactive authentication. @throws {Error} as {@link AuthDialogue.offer} */
  interactive(username: string): Promise<Answer | InfoRequest> {
    const answer = this.#wait()
    this.#next?.({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, instructions, _language, prompts, finish) => {
        const reply = (answers: readonly string[]) => {
          const next = this.#wait()
          finish([...answers])
          return next
        }
        this.#hear({ instructions, prompts, reply })
      },
    })
    return answer
  }

  accepted(): void {
    this.#hear('accepted')
  }

  /** The connection is over, or of no more use: whoever waits for an answer hears why. */
  end(error: Error): void {
    this.#ended ??= error
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  #hear(answer: Answer | InfoRequest): void {
    this.#waiting?.resolve(answer)
    this.#waiting = undefined
  }

  #wait(): Promise<Answer | InfoRequest> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }
}
