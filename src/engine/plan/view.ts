import { type Identity, LOGIN } from '../connect/link.js'
import type { ChangeView, PlanGroupView, PlanView, UndoView } from '../events.js'
import type { Operation } from '../operation.js'
import { plainData, stableJson } from '../stable.js'
import { brief } from '../text/brief.js'
import { commonSentence, withoutAddress } from '../text/without-address.js'
import { withoutHost } from '../text/without-host.js'
import type { Change, OperationCall, Step, WriteStep } from './change.js'
import type { HostPlan } from './host-plan.js'

/** Arguments that say what an operation is about, wherever its schema has them. */
const SUBJECTS = ['path', 'dest']
/** Arguments that are matter, not subject: they may be long, or nobody's business. */
const MATTER = /content|password|secret|token|key/i

/**
 * `files.line /etc/ntp.conf`: an operation and what it is about: its path, or the first of its arguments in the order of its
 * schema. Never the content of a file nor a password.
 */
export function operationLabel(operation: Operation<unknown>, args: unknown, label?: string): string {
  if (label) return label
  const first = subjectOf(operation, args)
  const subject = Array.isArray(first)
    ? first.filter(item => typeof item === 'string').join(' ')
    : typeof first === 'string'
      ? first
      : ''
  return subject === '' ? operation.name : `${operation.name} ${brief(subject)}`
}

function subjectOf({ args: schema }: Operation<unknown>, args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return undefined
  const given = new Map(Object.entries(args))
  // Not `instanceof z.ZodObject`: a command that plans nothing would load zod for it.
  const shape = 'shape' in schema && typeof schema.shape === 'object' ? schema.shape : null
  const declared = shape === null ? [...given.keys()] : Object.keys(shape)
  const name = [...SUBJECTS, ...declared].find(name => given.get(name) !== undefined && !MATTER.test(name))
  return name === undefined ? undefined : given.get(name)
}

/** A change as data for screen, journal and approval. */
export function changeView(change: Change, imperative = false): ChangeView {
  return {
    summary: change.summary,
    diff: change.diff,
    commands: change.steps.map(stepText),
    undoable: change.undo !== undefined,
    ...(change.irreversible ? { irreversible: change.irreversible } : {}),
    ...(imperative || change.settles === false ? { imperative: true } : {}),
  }
}

/** The way back as plain data, for journal and process boundary: bytes as base64, patterns and functions by what they are. */
export function undoView(undo: OperationCall, identity: Identity = LOGIN): UndoView {
  const { operation, args } = undo
  return { operation: operation.name, args: plainData(args), ...(identity.via === 'login' ? {} : { identity }) }
}

function stepText(step: Step): string {
  if (step.kind === 'run') return step.script
  if (step.kind === 'reboot') return step.command
  return `write ${step.path} (${contentSize(step)} bytes${step.mode ? `, mode ${step.mode}` : ''})`
}

function contentSize({ content }: WriteStep): number {
  return content instanceof Uint8Array ? content.length : content.size
}

const ORDER: readonly HostPlan['outcome'][] = ['unknown', 'failed', 'change', 'same']

/** Folds the plans of many hosts: unknowns first, then failures, then the largest group of changes, what is the same last. */
export function foldPlans(
  operation: Operation<unknown>,
  label: string,
  plans: ReadonlyMap<string, HostPlan>,
): PlanView {
  const groups = new Map<
    string,
    { view: Omit<PlanGroupView, 'hosts' | 'reason'>; hosts: string[]; reasons: string[] }
  >()
  for (const [host, plan] of plans) {
    const view = {
      outcome: plan.outcome,
      changes: plan.changes.map(change => changeView(change, operation.imperative)),
    }
    const reason = reasonOf(host, plan)
    const key = stableJson([view, reason && withoutAddress(reason)])
    const group = groups.get(key)
    const reasons = reason === undefined ? [] : [reason]
    if (group) {
      group.hosts.push(host)
      group.reasons.push(...reasons)
    } else groups.set(key, { view, hosts: [host], reasons })
  }
  const folded = [...groups.values()].map(({ view, hosts, reasons }) => ({
    ...view,
    ...(reasons.length > 0 ? { reason: commonSentence(reasons) } : {}),
    hosts,
  }))
  folded.sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) || b.hosts.length - a.hosts.length)
  return { operation: operation.name, label, groups: folded }
}

function reasonOf(host: string, plan: HostPlan): string | undefined {
  if (plan.outcome === 'unknown') return plan.reason
  return plan.outcome === 'failed' ? withoutHost(host, plan.error.message) : undefined
}

/** Equal for changes that do the same: how an applied change is matched with an approved one. */
export function changeFingerprint(change: Change): string {
  return stableJson([change.summary, change.diff])
}
