/**
 * What a fact reads or a change touches: `file:/etc/hosts`, `packages`, `unit:nginx`, `user:deploy`.
 * A trailing `*` stands for everything that begins so: `file:/etc/*`; `*` alone is everything on the host.
 */
export type Topic = string

/** Whether two topics may speak of the same thing. */
export function overlaps(a: Topic, b: Topic): boolean {
  const [wildA, stemA] = stem(a)
  const [wildB, stemB] = stem(b)
  if (wildA && wildB) return stemA.startsWith(stemB) || stemB.startsWith(stemA)
  if (wildA) return stemB.startsWith(stemA)
  if (wildB) return stemA.startsWith(stemB)
  return stemA === stemB
}

/** Whether any topic of one list may speak of the same thing as any of the other. */
export function anyOverlap(left: readonly Topic[], right: readonly Topic[]): boolean {
  return left.some(a => right.some(b => overlaps(a, b)))
}

function stem(topic: Topic): [wild: boolean, stem: string] {
  return topic.endsWith('*') ? [true, topic.slice(0, -1)] : [false, topic]
}
