import { createHash } from 'node:crypto'
import { foldNames } from '../../engine/nodeset/fold.js'
import type { DeployReport } from '../../engine/run/deploy.js'
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
    }
  | { readonly kind: 'not-proven'; readonly reason: string; readonly at: number }

/** How the line of a header begins that tells of the proof. */
export const PROOF_MARK = '// Proof: '

/** What a dry run of an exported deploy proves. */
export function proofOf({ hosts, plans, error }: DeployReport, at: number): Proof {
  if (error) return { kind: 'not-proven', reason: `planning it failed: ${error.message}`, at }
  if (hosts.size === 0) return { kind: 'not-proven', reason: 'there was no host to plan it against', at }
  const byReason = new Map<string, string[]>()
  for (const [host, report] of hosts) {
    if (report.status === 'same') continue
    const reason = 'reason' in report ? `${report.status}: ${report.reason}` : 'it would change something'
    byReason.set(reason, [...(byReason.get(reason) ?? []), host])
  }
  const names = [...hosts.keys()]
  if (byReason.size === 0) return { kind: 'proven', hosts: names, at }
  const reason = [...byReason].map(([why, held]) => `on ${foldNames(held)} ${why}`).join('; ')
  const isAllElseSame = plans.every(({ groups }) => groups.every(({ outcome }) => outcome === 'same'))
  const isOnlyUnknown = [...hosts.values()].every(({ status }) => status === 'same' || status === 'unknown')
  // what can only be run is unknown to a plan; every operation around it was planned
  if (isAllElseSame && isOnlyUnknown && plans.length > 0) return { kind: 'proven', hosts: names, at, except: reason }
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

/** Of the text without the line that speaks of the proof. */
function textHash(source: string): string {
  const text = source.split('\n').filter(line => !line.startsWith(PROOF_MARK))
  return createHash('sha256').update(text.join('\n')).digest('hex').slice(0, 16)
}

/** One sentence. */
export function proofText(proof: Proof): string {
  if (proof.kind === 'not-proven') return `not proven (${timeText(proof.at)}): ${proof.reason.replace(/\.$/, '')}.`
  const { hosts, at, offline, except } = proof
  const how = offline ? `planned against what was recorded of ${foldNames(hosts)}` : `planned on ${foldNames(hosts)}`
  const beside = except === undefined ? '' : `, beside what can only be run (${except.replace(/\.$/, '')})`
  return `type-checked, and ${how} on ${timeText(at)}: nothing to change${beside}.`
}
