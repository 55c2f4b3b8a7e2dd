import type { FactQuestion } from '../fact.js'
import type { Change } from './change.js'
import { anyOverlap, type Topic } from './topic.js'

/** What planned, not yet applied changes mean for a fact. */
export type Foreseen =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'predicted'; readonly value: unknown }
  /** A planned change may alter it in a way nobody can tell: `because` names that change. */
  | { readonly kind: 'doubtful'; readonly because: string }

/** The predicted state of one host: the changes planned so far, each laid over those before it. */
export class Overlay {
  readonly #layers: {
    readonly touches: readonly Topic[]
    readonly predicts: ReadonlyMap<string, unknown>
    readonly because: string
  }[] = []

  /** Lays a planned change over what is there. */
  add(change: Change): void {
    const predicts = new Map((change.predicts ?? []).map(({ fact, args, value }) => [fact.ask(args).key, value]))
    this.#layers.push({ touches: change.touches, predicts, because: change.summary })
  }

  /** States that something may alter these topics, nobody knows how. */
  doubt(touches: readonly Topic[], because: string): void {
    this.#layers.push({ touches, predicts: new Map(), because })
  }

  /** The newest layer that speaks of the fact decides. */
  foresee(question: Pick<FactQuestion<unknown>, 'key' | 'reads'>): Foreseen {
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i]
      if (!layer) continue
      if (layer.predicts.has(question.key)) return { kind: 'predicted', value: layer.predicts.get(question.key) }
      if (anyOverlap(layer.touches, question.reads)) return { kind: 'doubtful', because: layer.because }
    }
    return { kind: 'untouched' }
  }
}
