import { foldNames } from '../../engine/nodeset/fold.js'
import type { DeployReport } from '../../engine/run/deploy.js'

/** Whether an export was shown to describe what the session left behind. */
export type Proof =
  /** Planned against these hosts there was nothing to change. */
  | { readonly kind: 'proven'; readonly hosts: readonly string[]; readonly at: number }
  | { readonly kind: 'not-proven'; readonly reason: string; readonly at: number }

const MARK = '// Proof: '

/** Where an exported deploy comes from. */
export interface Origin {
  readonly session: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly cells: readonly number[]
  /** What a reader must know: what was left out and why. One sentence each. */
  readonly notes: readonly string[]
}

/** The comment an exported deploy begins with. */
export function headerOf({ session, at, cells, notes }: Origin): string {
  const from =
    cells.length === 0
      ? 'no cell'
      : `${cells.length === 1 ? 'cell' : 'cells'} ${foldNames(cells.map(String)).replace(/^\[|\]$/g, '')}`
  return [
    `// Exported by muster from session ${oneLine(session)} (${from}) on ${timeText(at)}.`,
    `${MARK}none yet: it was not planned against any host.`,
    ...notes.map(note => `// ${oneLine(note)}`),
    '',
  ].join('\n')
}

/** An exported deploy that says in its header whether it was proven. */
export function withProof(source: string, proof: Proof): string {
  const line = `${MARK}${oneLine(proofText(proof))}`
  const lines = source.split('\n')
  const index = lines.findIndex(text => text.startsWith(MARK))
  return (index < 0 ? [line, ...lines] : lines.with(index, line)).join('\n')
}

/** What a dry run of an exported deploy proves. */
export function proofOf({ hosts, error }: DeployReport, at: number): Proof {
  if (error) return { kind: 'not-proven', reason: `planning it failed: ${error.message}`, at }
  const byReason = new Map<string, string[]>()
  for (const [host, report] of hosts) {
    if (report.status === 'same') continue
    const reason = 'reason' in report ? `${report.status}: ${report.reason}` : 'it would change something'
    byReason.set(reason, [...(byReason.get(reason) ?? []), host])
  }
  if (hosts.size === 0) return { kind: 'not-proven', reason: 'there was no host to plan it against', at }
  if (byReason.size === 0) return { kind: 'proven', hosts: [...hosts.keys()], at }
  const reason = [...byReason].map(([why, names]) => `on ${foldNames(names)} ${why}`).join('; ')
  return { kind: 'not-proven', reason, at }
}

function proofText(proof: Proof): string {
  return proof.kind === 'proven'
    ? `planned on ${foldNames(proof.hosts)} on ${timeText(proof.at)}: nothing to change.`
    : `not proven (${timeText(proof.at)}): ${proof.reason.replace(/\.$/, '')}.`
}

/** To the minute, in UTC: a deploy is read in other places than it was written in. */
function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Whatever ends a line would end the comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+\s*/g, ' ')
}
