import type { FactQuestion } from '../../../src/engine/fact.js'
import type { Operation } from '../../../src/engine/operation.js'
import { type HostPlan, type PlanSource, planHost } from '../../../src/engine/plan/host-plan.js'
import { Overlay } from '../../../src/engine/plan/overlay.js'
import { diffLines } from '../../../src/engine/plan/render-diff.js'

/** Answers to facts by name; a function of the arguments, or the answer itself. */
export type Answers = Readonly<Record<string, unknown>>

/** A host that answers what a test tells it; for plans only. */
class ToldHost implements PlanSource {
  readonly name = 'told'
  readonly groups = []
  readonly data = {}

  constructor(private readonly answers: Answers) {}

  async readFact<T>(question: FactQuestion<T>): Promise<T> {
    if (!(question.fact in this.answers)) throw new Error(`not told: ${question.key}`)
    const answer = this.answers[question.fact]
    // a test tells answers of the fact's own type, or its plan goes wrong
    return (typeof answer === 'function' ? answer(question.args) : answer) as T
  }

  async readLocal(path: string): Promise<Buffer> {
    throw new Error(`not told: ${path}`)
  }

  async localFile(path: string): Promise<never> {
    throw new Error(`not told: ${path}`)
  }
}

/** A plan as its outcome and lines: each change's summary, its diff, and `$` before what it runs. */
export function lines(plan: HostPlan): string[] {
  if (plan.outcome === 'failed') return [`failed: ${plan.error.message}`]
  return plan.changes.flatMap(({ summary, diff, steps }) => [
    summary,
    ...diffLines(diff, 0).map(({ sign, text }) => `${sign} ${text}`),
    ...steps.map(step =>
      step.kind === 'write' ? `> ${step.path} ${step.mode}` : `$ ${step.kind === 'run' ? step.script : step.command}`,
    ),
  ])
}

/** Plans a call, and then the same call over what the first plan predicts. */
export async function planTwice<A>(
  answers: Answers,
  operation: Operation<A>,
  args: NoInfer<A>,
): Promise<{ first: HostPlan; second: HostPlan }> {
  const [host, overlay] = [new ToldHost(answers), new Overlay()]
  const first = await planHost(host, operation, args, overlay)
  return { first, second: await planHost(host, operation, args, overlay) }
}
