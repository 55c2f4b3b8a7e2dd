import type { ApprovalRequest, Decision } from '../../engine/events.js'
import { hostsText } from '../../engine/nodeset/fold.js'
import { sanitise } from '../../engine/text/sanitise.js'
import { planLines } from '../../repl/plan-lines.js'
import type { Paint } from '../render/paint.js'

/** A request for approval as lines: what would be done where, then the groups that can be chosen. */
export function requestLines(request: ApprovalRequest, paint: Paint): string[] {
  const groups =
    request.choices.length < 2
      ? []
      : request.choices.map(({ id, hosts, summary }) => `  ${id}  ${hostsText(hosts)}  ${sanitise(summary)}`)
  const head = request.unplanned ? [paint.yellow('This was not in the approved plan:')] : []
  return [...head, ...request.plans.flatMap(plan => planLines(plan, paint, { diff: true })), ...groups]
}

/** The question that follows it. */
export function decisionPrompt(request: ApprovalRequest): string {
  const hosts = request.hosts.length === 1 ? '1 host' : `${request.hosts.length} hosts`
  if (request.guard === 'count') return `apply to ${hosts}? type the number of hosts to apply, n for none: `
  const groups = request.choices.length < 2 ? '' : ' · group numbers such as 1,3'
  return `apply to ${hosts}? a all · r all, and the rest of this cell${groups} · n none: `
}

/** What a typed answer means; `undefined` when it means nothing. Pure. */
export function decisionFrom(answer: string, request: ApprovalRequest): Decision | undefined {
  const text = answer.trim().toLowerCase()
  if (text === '' || text === 'n' || text === 'no' || text === 'none') return { kind: 'decline' }
  if (request.guard === 'count') return /^\d+$/.test(text) ? { kind: 'apply', confirmedHosts: Number(text) } : undefined
  if (text === 'a' || text === 'all' || text === 'y' || text === 'yes') return { kind: 'apply' }
  if (text === 'r' || text === 'rest') return { kind: 'apply', rest: true }
  const chosen = text.replace(/^g(?:roups?)?\s*/, '').split(/[\s,]+/)
  const ids = chosen.map(Number)
  const known = new Set(request.choices.map(({ id }) => id))
  return ids.every(id => known.has(id)) ? { kind: 'apply', choices: ids } : undefined
}
