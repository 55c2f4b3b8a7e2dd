/** Where transports say that they went: `connection refused at 10.0.0.7:22`, `[::1]:22 does not let …`, `cannot resolve the name web-1`. */
const PLACE = /(?<=^| at | to | of )(?:\[[^\]\s]+\]|[^\s:/[\]]+)(?=:\d+\b(?!:))|(?<=the name )\S+/g

/**
 * A sentence without the address of the host that it is about, so that the same trouble on many hosts reads and folds as one.
 *
 * @example
 * withoutAddress('connection refused at 10.0.0.7:22') // 'connection refused at …:22'
 */
export function withoutAddress(sentence: string): string {
  return sentence.replace(PLACE, '…')
}

/** One sentence for the failures of one group: with its address where all have the same, such as that of a jump host. */
export function commonSentence(sentences: readonly string[]): string {
  const [first = ''] = sentences
  return sentences.every(sentence => sentence === first) ? first : withoutAddress(first)
}
