import { MusterError } from '../errors.js'
import type { Fact, FactQuestion } from '../fact.js'
import type { Operation, PlanHost } from '../operation.js'
import type { LocalFile } from '../transfer/local-file.js'
import type { Change } from './change.js'
import type { Overlay } from './overlay.js'

/** In a plan, an answer that nobody can know yet was needed. */
export class PlanUnknown extends MusterError {
  override readonly name = 'PlanUnknown'
}

/** What an operation would do to one host. */
export type HostPlan =
  | { readonly outcome: 'same'; readonly changes: readonly [] }
  | { readonly outcome: 'change'; readonly changes: readonly Change[] }
  /** It depends on what cannot be predicted; `changes` is what it would be if that alters nothing. */
  | { readonly outcome: 'unknown'; readonly changes: readonly Change[]; readonly reason: string }
  | { readonly outcome: 'failed'; readonly changes: readonly Change[]; readonly error: Error }

/** The parts of a host that a plan needs. */
export interface PlanSource {
  readonly name: string
  readonly groups: readonly string[]
  readonly data: Readonly<Record<string, unknown>>
  readFact<T>(question: FactQuestion<T>): Promise<T>
  readLocal(path: string): Promise<Buffer>
  localFile(path: string): Promise<LocalFile>
}

/**
 * Plans an operation on one host without touching it. Facts answer what the overlay predicts; the planned changes are laid
 * over it for the plans that follow.
 *
 * @param doubt why even asking is doubtful: the host was selected by an answer that is not known yet
 */
export async function planHost(
  source: PlanSource,
  operation: Operation<unknown>,
  args: unknown,
  overlay: Overlay,
  doubt?: string,
): Promise<HostPlan> {
  const doubts = new Set<string>(doubt ? [doubt] : [])
  const reads: string[] = []
  const host = planningHost(source, question => {
    reads.push(...question.reads)
    const foreseen = overlay.foresee(question)
    if (foreseen.kind === 'doubtful') doubts.add(`it depends on “${foreseen.because}”, which is planned before it`)
    return foreseen.kind === 'predicted' ? { value: foreseen.value } : undefined
  })
  const changes: Change[] = []
  try {
    for await (const change of operation.plan(host, args)) {
      changes.push(change)
      overlay.add(change)
    }
  } catch (error) {
    if (error instanceof PlanUnknown) doubts.add(error.message)
    else if (doubts.size === 0) {
      const touched = changes.flatMap(change => change.touches)
      overlay.doubt(touched, `${operation.name}, which could not be planned to its end`)
      return { outcome: 'failed', changes, error: asError(error) }
    }
  }
  const [reason] = doubts
  if (reason !== undefined) {
    overlay.doubt([...reads, ...changes.flatMap(change => change.touches)], `${operation.name}, which is unknown`)
    return { outcome: 'unknown', changes, reason }
  }
  return changes.length === 0 ? { outcome: 'same', changes: [] } : { outcome: 'change', changes }
}

/** A host whose facts come from `foresee` where it answers, else from the host itself. */
export function planningHost(
  source: PlanSource,
  foresee: (question: FactQuestion<unknown>) => { readonly value: unknown } | undefined,
): PlanHost {
  return {
    name: source.name,
    groups: source.groups,
    data: source.data,
    readLocal: path => source.readLocal(path),
    localFile: path => source.localFile(path),
    async fact<A, T>(fact: Fact<A, T>, args?: A): Promise<T> {
      const question = fact.ask(args)
      const foreseen = foresee(question)
      // a prediction is made by predict(), which ties its value to the fact's own type
      return foreseen ? (foreseen.value as T) : source.readFact(question)
    },
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
