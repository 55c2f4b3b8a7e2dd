import type { FactView } from '../../repl/protocol.js'
import type { SideView, View } from './view.js'

/** Rows of a fact up to which it begins open. */
const BEGINS_OPEN = 12

/** Facts whose name, or rows whose name or value, hold a text. */
export function wantedFacts(facts: readonly FactView[], filter: string): readonly FactView[] {
  const wanted = filter.toLowerCase()
  if (wanted === '') return facts
  return facts.flatMap(fact => {
    if (fact.name.toLowerCase().includes(wanted)) return [fact]
    const rows = fact.rows.filter(([name, value]) => `${name}\n${value}`.toLowerCase().includes(wanted))
    return rows.length === 0 ? [] : [{ ...fact, rows }]
  })
}

/** Whether the rows of a fact are shown: those of short ones are, and of all that a filter found, unless the person said otherwise. */
export function isFactOpen({ turned, filter }: SideView, { name, rows }: FactView): boolean {
  return (rows.length <= BEGINS_OPEN || filter !== '') !== turned.has(name)
}

/** The facts in the tree; none while something else is shown. */
function treeOf({ tab, host, hosts, facts, filter }: SideView): readonly FactView[] {
  const known = tab === 'facts' && hosts.length === 0 && host !== undefined ? facts.get(host) : undefined
  return known?.kind === 'known' ? wantedFacts(known.facts, filter) : []
}

/** Moves the cursor over the facts; nothing where there is no tree. */
export function moveInFacts(view: View, by: 1 | -1): View | undefined {
  const facts = treeOf(view.side)
  if (facts.length === 0) return undefined
  const at = facts.findIndex(({ name }) => name === view.side.fact)
  const next = facts[at < 0 ? (by > 0 ? 0 : facts.length - 1) : Math.max(0, Math.min(facts.length - 1, at + by))]
  return { ...view, side: { ...view.side, fact: next?.name } }
}

/** Opens or closes the fact under the cursor. */
export function turnFact(view: View): View {
  const { fact, turned } = view.side
  if (fact === undefined) return moveInFacts(view, 1) ?? view
  const next = new Set(turned)
  if (!next.delete(fact)) next.add(fact)
  return { ...view, side: { ...view.side, turned: next } }
}

/** Closes all facts, or opens them all when none is open. */
export function turnAllFacts(view: View): View {
  const facts = treeOf(view.side)
  const open = facts.some(fact => isFactOpen(view.side, fact))
  const turned = new Set(
    facts.filter(fact => isFactOpen({ ...view.side, turned: new Set() }, fact) === open).map(({ name }) => name),
  )
  return { ...view, side: { ...view.side, turned } }
}
