import type { Asker, Question } from '../ask.js'

/** Hosts that come up together ask within this time, milliseconds; a question about a key that several of them show names them all. */
const GATHER_MS = 50

type HostKeyQuestion = Extract<Question, { kind: 'hostkey' }>

interface Gathering {
  readonly questions: HostKeyQuestion[]
  readonly answer: Promise<boolean | undefined>
}

/** Keys of hosts that are not known yet, decided on one after the other where it is the same host, and asked about together where it is the same key. */
export class NewHostKeys {
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #gatherings = new Map<string, Gathering>()

  /** Does work once nobody else is at it under the same name. */
  async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const own = (this.#turns.get(name) ?? Promise.resolve()).then(work)
    const settled = own.catch(() => {})
    this.#turns.set(name, settled)
    try {
      return await own
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name)
    }
  }

  /** Asks about a key; hosts that show the same one at the same time are one question. */
  ask(asker: Asker, question: HostKeyQuestion): Promise<boolean | undefined> {
    const known = this.#gatherings.get(question.fingerprint)
    if (known) {
      known.questions.push(question)
      return known.answer
    }
    const questions = [question]
    const answer = new Promise(resolve => setTimeout(resolve, GATHER_MS)).then(() => {
      this.#gatherings.delete(question.fingerprint)
      return asker.hostKey({ ...question, hosts: questions.flatMap(each => each.hosts) })
    })
    this.#gatherings.set(question.fingerprint, { questions, answer })
    return answer
  }
}
