import type { Secret } from '../secret.js'
import { type Asker, nobody } from './ask.js'

/** Wrong answers in a row until a question is given up, unless the request says otherwise. */
const MOST_TRIES = 3
/** Hosts that come up together ask within this time, milliseconds; their question names them all. */
const GATHER_MS = 50

export interface CredentialRequest {
  /** Hosts with the same key share one answer: `sudo:deploy`. */
  readonly key: string
  /** What is asked for: `sudo password of deploy`. */
  readonly prompt: string
  readonly host: string
  /** What the inventory says, tried before anybody is asked. */
  readonly given?: Secret
  /** How often a person is asked; default 3, 0: nobody is. */
  readonly tries?: number
}

/** How a request for a credential ended. `refused`: known to be wrong, so not (or no longer) tried. */
export type Proof = 'accepted' | 'unanswered' | 'refused'

/** Finds credentials; see {@link Credentials.prove}. */
export interface Prover {
  prove(request: CredentialRequest, attempt: (candidate: Secret) => Promise<boolean>): Promise<Proof>
}

/** One question and what is known about its answer. */
interface Question {
  /** Answers one prover at a time: the next waits for the verdict. */
  turn: Promise<void>
  right?: Secret
  /** An answer that nobody has tried yet: its prover's host was lost. */
  untried?: Secret
  wrong: number
  readonly waiting: Set<string>
  /** Set while the question is given up: those that were waiting do not ask again. */
  verdict?: Exclude<Proof, 'accepted'>
}

/**
 * Passwords and passphrases, shared by all links of an engine, in memory only.
 * An answer is proven on one host before any other host gets it, so a mistyped password is sent once and not a hundred times.
 */
export class Credentials implements Prover {
  readonly #questions = new Map<string, Question>()

  readonly #computed = new WeakMap<() => Promise<Secret>, Promise<Secret>>()

  constructor(private readonly asker: Asker = nobody) {}

  /** The answer of a function in the inventory, called once for all the hosts that share it. */
  answerOf(source: () => Promise<Secret>): Promise<Secret> {
    const known = this.#computed.get(source)
    if (known) return known
    const answer = source()
    this.#computed.set(source, answer)
    answer.catch(() => this.#computed.delete(source))
    return answer
  }

  /**
   * Finds a credential that `attempt` accepts.
   * @param attempt tries a candidate; whatever it throws ends this request and leaves the candidate unproven.
   */
  async prove(request: CredentialRequest, attempt: (candidate: Secret) => Promise<boolean>): Promise<Proof> {
    if (request.given) {
      const given = await this.#settle(`${request.key}\0${request.given.reveal()}`, request, attempt, request.given)
      if (given === 'accepted') return given
      const asked = await this.#settle(request.key, request, attempt, undefined, true)
      return asked === 'unanswered' ? 'refused' : asked
    }
    return await this.#settle(request.key, request, attempt)
  }

  async #settle(
    id: string,
    request: CredentialRequest,
    attempt: (candidate: Secret) => Promise<boolean>,
    given?: Secret,
    retry = false,
  ): Promise<Proof> {
    const question = this.#question(id)
    if (!question.right) {
      const proof = await this.#inTurn(id, question, request, given, () =>
        this.#ask(question, request, attempt, given, retry),
      )
      if (proof) return proof
    }
    if (question.right && (await attempt(question.right))) return 'accepted'
    // Right elsewhere, wrong here: this host has a password of its own.
    return given ? 'refused' : this.#settle(`${id}@${request.host}`, request, attempt, undefined, true)
  }

  /** Waits for the provers before this one; `undefined` when one of them found the right answer. */
  async #inTurn(
    id: string,
    question: Question,
    request: CredentialRequest,
    given: Secret | undefined,
    prove: () => Promise<Proof>,
  ): Promise<Proof | undefined> {
    const { turn } = question
    let pass: () => void = () => {}
    question.turn = new Promise(resolve => {
      pass = resolve
    })
    question.waiting.add(request.host)
    try {
      await turn
      if (question.verdict) return question.verdict
      if (question.right) return undefined
      const proof = await prove()
      if (proof !== 'accepted') question.verdict = proof
      return proof
    } finally {
      question.waiting.delete(request.host)
      // A given password stays refused; a question to a person may be put again by the next command.
      const open = question.right ?? question.untried
      if (question.waiting.size === 0 && !open && !given) this.#questions.delete(id)
      pass()
    }
  }

  async #ask(
    question: Question,
    request: CredentialRequest,
    attempt: (candidate: Secret) => Promise<boolean>,
    given: Secret | undefined,
    retry: boolean,
  ): Promise<Proof> {
    const { tries = MOST_TRIES } = request
    for (;;) {
      const candidate = given ?? question.untried ?? (await this.#answer(question, request, tries, retry))
      if (candidate === undefined) return question.wrong > 0 ? 'refused' : 'unanswered'
      if (!given) question.untried = candidate
      const right = await attempt(candidate)
      delete question.untried
      if (right) {
        question.right = candidate
        return 'accepted'
      }
      question.wrong += 1
      if (given || question.wrong >= tries) return 'refused'
    }
  }

  async #answer(
    question: Question,
    request: CredentialRequest,
    tries: number,
    retry: boolean,
  ): Promise<Secret | undefined> {
    if (question.wrong >= tries) return undefined
    await new Promise(resolve => setTimeout(resolve, GATHER_MS))
    const { key, prompt } = request
    return this.asker.secret({
      kind: 'secret',
      key,
      prompt,
      hosts: [...question.waiting],
      retry: retry || question.wrong > 0,
    })
  }

  #question(id: string): Question {
    const known = this.#questions.get(id)
    if (known) return known
    const fresh: Question = { turn: Promise.resolve(), wrong: 0, waiting: new Set() }
    this.#questions.set(id, fresh)
    return fresh
  }
}
