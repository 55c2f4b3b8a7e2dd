import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fact } from '../fact.js'
import type { Change } from './change.js'
import { predict } from './change.js'
import { Overlay } from './overlay.js'
import { overlaps } from './topic.js'

const TOPICS = ['a', 'b', 'ab', 'a*', '*']
const FACTS = ['a', 'b', 'ab'].map(name =>
  fact({ name, summary: '', command: () => '', parse: text => text, reads: () => [name] }),
)

interface Layer {
  readonly touches: readonly string[]
  readonly predicts: readonly { readonly fact: number; readonly value: string }[]
}

const layer: fc.Arbitrary<Layer> = fc.record({
  touches: fc.subarray(TOPICS),
  predicts: fc.array(fc.record({ fact: fc.nat(FACTS.length - 1), value: fc.string() }), { maxLength: 2 }),
})

function changeOf({ touches, predicts }: Layer, summary: string): Change {
  return {
    summary,
    diff: { kind: 'command', subject: '', command: '' },
    steps: [],
    touches,
    predicts: predicts.flatMap(({ fact, value }) => {
      const of = FACTS[fact]
      return of ? [predict(of, undefined, value)] : []
    }),
  }
}

it('lets the newest layer that speaks of a fact decide, and calls nothing untouched that a layer touches', () => {
  fc.assert(
    fc.property(fc.array(layer, { maxLength: 5 }), layers => {
      const overlay = new Overlay()
      for (const [i, each] of layers.entries()) overlay.add(changeOf(each, String(i)))
      for (const [i, of] of FACTS.entries()) {
        const deciding = layers.findLastIndex(
          ({ touches, predicts }) =>
            predicts.some(prediction => prediction.fact === i) || touches.some(topic => overlaps(topic, of.name)),
        )
        const said = layers[deciding]?.predicts.findLast(prediction => prediction.fact === i)
        expect(overlay.foresee(of.ask(undefined))).toEqual(
          deciding < 0
            ? { kind: 'untouched' }
            : said
              ? { kind: 'predicted', value: said.value }
              : { kind: 'doubtful', because: String(deciding) },
        )
      }
    }),
  )
})

it('forgets a prediction once something unknown touches it', () => {
  const overlay = new Overlay()
  overlay.add(changeOf({ touches: ['a'], predicts: [{ fact: 0, value: 'x' }] }, 'set it'))
  overlay.doubt(['a*'], 'a mystery')
  expect(FACTS[0] && overlay.foresee(FACTS[0].ask(undefined))).toEqual({ kind: 'doubtful', because: 'a mystery' })
})
