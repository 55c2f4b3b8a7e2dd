import { createHash } from 'node:crypto'
import type { PlanGroupView, PlanView } from '../../engine/events.js'
import { foldNames } from '../../engine/nodeset/fold.js'
import type { Diff, FieldValue } from '../../engine/plan/diff.js'
import type { DeployReport } from '../../engine/run/deploy.js'
import { stableJson } from '../../engine/stable.js'
import { oneLine, timeText } from './header-text.js'

/** Whether an export was shown to describe what the session left behind. */
export type Proof =
  /** It type-checks, and planned against these hosts there was nothing to change. */
  | {
      readonly kind: 'proven'
      readonly hosts: readonly string[]
      readonly at: number
      /** Planned against what the session recorded of them, not against the hosts themselves. */
      readonly offline?: true
      /** Something in it can only be run, which a plan does not do: a shell line, say. */
      readonly except?: string
      /** What it writes each time it runs, in several steps that together leave it as it is. */
      readonly rewrites?: readonly string[]
    }
  | { readonly kind: 'not-proven'; readonly reason: string; readonly at: number }

/** How the line of a header begins that tells of the proof. */
export const PROOF_MARK = '// Proof: '

/** What a dry run of an exported deploy proves. */
export function proofOf({ hosts: ended, plans, error }: DeployReport, at: number): Proof {
  if (error) return { kind: 'not-proven', reason: `planning it failed: ${error.message}`, at }
  const rewrites = new Set<string>()
  const hosts = new Map(
    [...ended].map(([host, report]) => {
      const again = report.status === 'would-change' ? rewritten(host, plans) : undefined
      for (const subject of again ?? []) rewrites.add(subject)
      return [host, again ? { status: 'same' as const } : report]
    }),
  )
  const more = rewrites.size === 0 ? {} : { rewrites: [...rewrites] }
  if (hosts.size === 0) return { kind: 'not-proven', reason: 'there was no host to plan it against', at }
  const byReason = new Map<string, string[]>()
  for (const [host, report] of hosts) {
    if (report.status === 'same') continue
    const reason = 'reason' in report ? `${report.status}: ${report.reason}` : 'it would change something'
    byReason.set(reason, [...(byReason.get(reason) ?? []), host])
  }
  const names = [...hosts.keys()]
  if (byReason.size === 0) return { kind: 'proven', hosts: names, at, ...more }
  const reason = [...byReason].map(([why, held]) => `on ${foldNames(held)} ${why}`).join('; ')
  const isSettled = ({ outcome, hosts: held }: PlanGroupView): boolean =>
    outcome === 'same' || held.every(host => hosts.get(host)?.status === 'same')
  const isAllElseSame = plans.every(({ groups }) => groups.every(isSettled))
  const isOnlyUnknown = [...hosts.values()].every(({ status }) => status === 'same' || status === 'unknown')
  // what can only be run is unknown to a plan; every operation around it was planned
  if (isAllElseSame && isOnlyUnknown && plans.length > 0)
    return { kind: 'proven', hosts: names, at, except: reason, ...more }
  return { kind: 'not-proven', reason, at }
}

/** An exported deploy that says in its header whether it was proven, and of which text. */
export function withProof(source: string, proof: Proof): string {
  const line = `${PROOF_MARK}${oneLine(proofText(proof))} sha256:${textHash(source)}`
  const lines = source.split('\n')
  const index = lines.findIndex(text => text.startsWith(PROOF_MARK))
  return (index < 0 ? [line, ...lines] : lines.with(index, line)).join('\n')
}

/** Whether a deploy is, to the letter, what its header speaks of; `undefined` where it has no such header. */
export function isAsProven(source: string): boolean | undefined {
  const line = source.split('\n').find(text => text.startsWith(PROOF_MARK))
  const hash = /sha256:([0-9a-f]{16})$/.exec(line ?? '')?.[1]
  return hash === undefined ? undefined : hash === textHash(source)
}

/** The session whose record an exported deploy was proven by; `undefined` for one that was proven on hosts, or not at all. */
export function provenByRecordOf(source: string): string | undefined {
  const line = source.split('\n').find(text => text.startsWith(PROOF_MARK)) ?? ''
  return line.includes(BY_RECORD) ? /^\/\/ Exported by muster from session (\S+) /m.exec(source)?.[1] : undefined
}

/** How a proof says that hosts were not asked. */
const BY_RECORD = 'planned against what was recorded of'

/** Of the text without the line that speaks of the proof. */
function textHash(source: string): string {
  const text = source.split('\n').filter(line => !line.startsWith(PROOF_MARK))
  return createHash('sha256').update(text.join('\n')).digest('hex').slice(0, 16)
}

/** One sentence. */
export function proofText(proof: Proof): string {
  if (proof.kind === 'not-proven') return `not proven (${timeText(proof.at)}): ${proof.reason.replace(/\.$/, '')}.`
  const { hosts, at, offline, except, rewrites = [] } = proof
  const how = offline ? `${BY_RECORD} ${foldNames(hosts)}` : `planned on ${foldNames(hosts)}`
  const beside = except === undefined ? '' : `, beside what can only be run (${except.replace(/\.$/, '')})`
  const end =
    rewrites.length === 0
      ? 'nothing to change'
      : `in the end nothing to change, though it rewrites ${rewrites.join(', ')}`
  return `type-checked, and ${how} on ${timeText(at)}: ${end}${beside}.`
}

/** What a plan would change on a host, when all of it is as it was in the end; `undefined` when something is not. */
function rewritten(host: string, plans: readonly PlanView[]): readonly string[] | undefined {
  const changes = plans.flatMap(({ groups }) =>
    groups.filter(({ hosts }) => hosts.includes(host)).flatMap(group => group.changes),
  )
  const byThing = new Map<string, Diff[]>()
  for (const { diff } of changes) {
    const key = `${diff.kind} ${diff.subject}`
    byThing.set(key, [...(byThing.get(key) ?? []), diff])
  }
  const things = [...byThing.values()]
  if (things.length === 0 || !things.every(cancels)) return undefined
  return [...new Set(things.flatMap(diffs => diffs.map(({ subject }) => subject)))]
}

/** Whether changes of one thing, one after the other, leave it as it was. */
function cancels(diffs: readonly Diff[]): boolean {
  const [first, last] = [diffs[0], diffs.at(-1)]
  if (first?.kind === 'text' && last?.kind === 'text') return first.before === last.after
  const fields = new Map<string, { readonly before: FieldValue; readonly after: FieldValue }>()
  for (const diff of diffs) {
    if (diff.kind !== 'fields') return false
    for (const [name, { before, after }] of Object.entries(diff.fields))
      fields.set(name, { before: fields.get(name)?.before ?? before, after })
  }
  return [...fields.values()].every(({ before, after }) => stableJson(before) === stableJson(after))
}
