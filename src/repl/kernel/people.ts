import type { Asker, Question } from '../../engine/connect/ask.js'
import type { Decision } from '../../engine/events.js'
import type { Approver } from '../../engine/run/approval.js'
import { Secret } from '../../engine/secret.js'
import type { SessionEvent } from '../protocol.js'

/** Questions and approvals on their way to the person and back. Nothing else waits while they wait. */
export class People {
  readonly #emit: (event: SessionEvent) => void
  readonly #approvals = new Map<number, (decision: Decision) => void>()
  readonly #questions = new Map<number, (answer: string | boolean | undefined) => void>()
  #lastQuestion = 0

  constructor(emit: (event: SessionEvent) => void) {
    this.#emit = emit
  }

  /** Asks the person to decide on a plan; an interrupted cell declines. */
  readonly approver: Approver = (request, signal) =>
    new Promise(resolve => {
      const settle = (decision: Decision): void => {
        signal.removeEventListener('abort', decline)
        this.#approvals.delete(request.id)
        resolve(decision)
      }
      const decline = (): void => settle({ kind: 'decline' })
      this.#approvals.set(request.id, settle)
      if (signal.aborted) decline()
      else signal.addEventListener('abort', decline, { once: true })
    })

  readonly asker: Asker = {
    secret: async question => {
      const answer = await this.#ask(question)
      return typeof answer === 'string' ? new Secret(answer, question.prompt) : undefined
    },
    hostKey: async question => {
      const answer = await this.#ask(question)
      return typeof answer === 'boolean' ? answer : undefined
    },
  }

  decide(approval: number, decision: Decision): void {
    this.#approvals.get(approval)?.(decision)
  }

  answer(question: number, answer: string | boolean | undefined): void {
    this.#questions.get(question)?.(answer)
  }

  /** The session ends: whatever is open counts as declined. */
  dismiss(): void {
    for (const settle of this.#approvals.values()) settle({ kind: 'decline' })
    for (const settle of this.#questions.values()) settle(undefined)
  }

  #ask(question: Question): Promise<string | boolean | undefined> {
    const id = ++this.#lastQuestion
    return new Promise(resolve => {
      this.#questions.set(id, answer => {
        this.#questions.delete(id)
        this.#emit({ type: 'question.settled', id })
        resolve(answer)
      })
      this.#emit({ type: 'question.asked', id, question })
    })
  }
}
