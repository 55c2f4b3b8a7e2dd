import { matchesWildcard } from '../../engine/connect/wildcard.js'
import { UsageError } from '../../engine/errors.js'
import type { ChangeView, PlanGroupView, PlanView } from '../../engine/events.js'
import type { Diff, FieldsDiff, SetDiff } from '../../engine/plan/diff.js'

/** A difference that does not count: what it is about, and of that one field or member; `*` in either stands for anything. */
interface Ignored {
  readonly subject: string
  readonly field: string
}

/**
 * Reads what is to be ignored: `/etc/motd` or `/etc/motd.d/*` for a thing, `:mode` for a field of anything, `/etc/motd:mode`,
 * `packages:linux-*`, `unit nginx.service:enabled` for a field or member of a thing.
 *
 * @throws {UsageError} for what says nothing
 */
export function ignored(texts: readonly string[]): Ignored[] {
  return texts.map(text => {
    const [, subject = '', field = ''] = /^(.*?)(?::([^:/]+))?$/.exec(text) ?? []
    if (subject === '' && field === '')
      throw new UsageError('Say what to ignore: a path such as /etc/motd, :mode, /etc/motd:mode or packages:linux-*.')
    return { subject: subject === '' ? '*' : subject, field: field === '' ? '*' : field }
  })
}

/** The plans without what is ignored: a host that differs in nothing else is the same. What is unknown stays unknown. */
export function withoutIgnored(plans: readonly PlanView[], ignores: readonly Ignored[]): PlanView[] {
  if (ignores.length === 0) return [...plans]
  return plans.map(plan => ({ ...plan, groups: plan.groups.map(group => groupWithout(group, ignores)) }))
}

function groupWithout(group: PlanGroupView, ignores: readonly Ignored[]): PlanGroupView {
  if (group.outcome !== 'change') return group
  const changes = group.changes.flatMap((change): ChangeView[] => {
    const diff = diffWithout(change.diff, ignores)
    return diff ? [{ ...change, diff }] : []
  })
  return { ...group, changes, outcome: changes.length > 0 ? 'change' : 'same' }
}

/** `undefined` where nothing is left of it. */
function diffWithout(diff: Diff, ignores: readonly Ignored[]): Diff | undefined {
  const own = ignores.filter(({ subject }) => isAbout(diff.subject, subject))
  if (own.length === 0) return diff
  const isIgnored = (name: string): boolean => own.some(({ field }) => matchesWildcard(field, name))
  switch (diff.kind) {
    case 'fields':
      return fieldsWithout(diff, isIgnored)
    case 'set':
      return setWithout(diff, isIgnored)
    default:
      return isIgnored('content') ? undefined : diff
  }
}

function fieldsWithout(diff: FieldsDiff, isIgnored: (name: string) => boolean): FieldsDiff | undefined {
  const left = Object.entries(diff.fields).filter(([name]) => !isIgnored(name))
  return left.length > 0 ? { ...diff, fields: Object.fromEntries(left) } : undefined
}

function setWithout(diff: SetDiff, isIgnored: (name: string) => boolean): SetDiff | undefined {
  const [added, removed, altered] = [
    diff.added.filter(({ name }) => !isIgnored(name)),
    diff.removed.filter(({ name }) => !isIgnored(name)),
    diff.altered.filter(({ name }) => !isIgnored(name)),
  ]
  return added.length + removed.length + altered.length > 0 ? { ...diff, added, removed, altered } : undefined
}

/** A subject may begin with what it is: `file /etc/motd` is /etc/motd. */
function isAbout(subject: string, wanted: string): boolean {
  const bare = subject.replace(/^(?:file|directory|link|unit|user|group) /, '')
  return matchesWildcard(wanted, subject) || matchesWildcard(wanted, bare)
}
