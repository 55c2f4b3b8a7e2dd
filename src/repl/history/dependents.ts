import type { Diff } from '../../engine/plan/diff.js'
import type { RecordedChange } from './recorded-changes.js'

/** Something on a host that a change is about. */
type Thing =
  | { readonly kind: 'path'; readonly name: string }
  | { readonly kind: 'package' | 'unit' | 'user' | 'other'; readonly name: string }

/**
 * The later changes that stand on one: they altered the same thing on the same host, or something that is only there because of
 * it: a file in a directory that it made, a file or unit of a package that it installed, a file of a user that it created.
 * What was taken back, and what took something back, stands on nothing.
 *
 * @param changes in the order they were made
 */
export function dependentsOf(change: RecordedChange, changes: readonly RecordedChange[]): RecordedChange[] {
  const mine = thingsOf(change)
  return changes
    .slice(changes.indexOf(change) + 1)
    .filter(later => later.host === change.host && !isSameCell(later, change) && stands(later))
    .filter(later => thingsOf(later).some(thing => mine.some(own => restsOn(thing, own) || owns(later, own))))
}

function isSameCell(a: RecordedChange, b: RecordedChange): boolean {
  return a.session === b.session && a.cell === b.cell
}

/** Whether what a change did is still there, as far as the journals know. */
export function stands({ undone, takesBack, outcome, undo }: RecordedChange): boolean {
  return !undone && takesBack === undefined && (outcome === 'applied' || undo !== undefined)
}

function restsOn(thing: Thing, on: Thing): boolean {
  if (thing.kind === on.kind && thing.name === on.name) return true
  if (thing.kind === 'path' && on.kind === 'path') return thing.name.startsWith(`${on.name}/`)
  if (on.kind === 'package')
    return thing.kind === 'path'
      ? thing.name.split('/').includes(on.name)
      : thing.kind === 'unit' && thing.name.replace(/\.\w+$/, '') === on.name
  return on.kind === 'user' && thing.kind === 'path' && thing.name.startsWith(`/home/${on.name}/`)
}

/** Whether a change gives something to a user that another created. */
function owns({ change }: RecordedChange, on: Thing): boolean {
  if (on.kind !== 'user' || !change) return false
  if (change.diff.kind !== 'fields') return false
  const { owner, group } = change.diff.fields
  return owner?.after === on.name || group?.after === on.name
}

function thingsOf({ change, summary, touches }: RecordedChange): Thing[] {
  if (change) return thingsIn(change.diff)
  // only begun: what it may have touched is all that is known
  const paths = touches.flatMap(topic => /^(?:file|attributes):(\/[^*]*[^*/])$/.exec(topic)?.[1] ?? [])
  return paths.length > 0 ? paths.map(name => ({ kind: 'path', name })) : [{ kind: 'other', name: summary }]
}

function thingsIn(diff: Diff): Thing[] {
  const { subject } = diff
  if (diff.kind === 'text') return [{ kind: 'path', name: subject }]
  if (diff.kind === 'set' && subject === 'packages')
    return [...diff.added, ...diff.removed, ...diff.altered].map(({ name }) => ({ kind: 'package', name }))
  const named = /^(\w+) (.+)$/.exec(subject)
  const name = named?.[2] ?? subject
  if (name.startsWith('/')) return [{ kind: 'path', name }]
  const kind = named?.[1]
  return [{ kind: kind === 'unit' || kind === 'user' ? kind : 'other', name }]
}

/** The paths that a change is about. */
export function pathsOf(change: RecordedChange): string[] {
  const things = thingsOf(change)
  const removed = change.change?.diff.kind === 'set' ? change.change.diff.removed.map(({ name }) => name) : []
  return [
    ...things.flatMap(({ kind, name }) => (kind === 'path' ? [name] : [])),
    ...removed.filter(name => name.startsWith('/')),
  ]
}

/** Names of what a change is about: `chrony`, `nginx.service`, `deploy`; of a unit also without its kind. */
export function thingNames(change: RecordedChange): string[] {
  return thingsOf(change).flatMap(({ kind, name }) => (kind === 'unit' ? [name, name.replace(/\.\w+$/, '')] : [name]))
}
