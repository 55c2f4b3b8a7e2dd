import type { ChangeView } from '../../engine/events.js'
import { changeLines } from '../document/change-lines.js'
import { durationText } from '../document/duration.js'
import { nodeSet } from '../document/group-row.js'
import { helpLines } from '../document/help-lines.js'
import { hostLine, hostLines } from '../document/host-text.js'
import { answerLines } from '../document/result-lines.js'
import type { Theme } from '../document/theme.js'
import { wrap } from '../document/wrap.js'
import type { Entry } from '../state/entry.js'
import type { HostEntry } from '../state/hosts.js'
import type { View } from '../state/view.js'
import { pad, widthOf } from '../text/width.js'
import { framed, insideOf } from './frame.js'
import { stateSign } from './host-row.js'
import { keyHelp } from './key-help.js'
import type { Area } from './layout.js'
import { tabsTitle } from './side-tabs.js'

/** What of the view the right pane shows. */
export interface SideInput extends Pick<View, 'side' | 'cells' | 'notebook' | 'active' | 'now'> {
  /** The host whose facts are shown. */
  readonly host: HostEntry | undefined
}

/** The right pane: facts of a host, the diff or the output of what the cursor stands on, the keys. */
export function sidePane(view: SideInput, area: Area, theme: Theme): string[] {
  const inside = insideOf(area)
  const active = view.active === 'side'
  const lines = content(view, inside.width, theme)
  const last = Math.max(0, lines.length - inside.height)
  const top = Math.min(view.side.top, last)
  const tabs = tabsTitle(view.side.tab, theme)
  const corner = top < last ? theme.faint(`${last - top} more`) : ''
  return framed({ title: tabs, corner, rows: lines.slice(top, top + inside.height), active }, area, theme)
}

function content(view: SideInput, width: number, theme: Theme): readonly string[] {
  switch (view.side.tab) {
    case 'facts':
      return factLines(view, width, theme)
    case 'diff':
      return diffContent(view, width, theme)
    case 'output':
      return outputContent(view, width, theme)
    case 'help':
      return view.side.help
        ? [...helpLines(view.side.help, width, theme), '', theme.faint('─'.repeat(width)), ...keyHelp(width, theme)]
        : keyHelp(width, theme)
  }
}

function factLines({ side, host: entry, now }: SideInput, width: number, theme: Theme): string[] {
  if (side.host === undefined)
    return wrap('Enter on a host in the hosts pane (F6) shows its facts here.', width).map(theme.faint)
  const since = entry && entry.since > 0 ? ` · ${entry.state} ${durationText(Math.max(0, now - entry.since))}` : ''
  const head = [
    `${entry ? stateSign(entry.state, theme) : ' '} ${theme.strong(hostLine(side.host))}${theme.faint(since)}`,
    ...(entry ? [theme.faint(hostLine(`${entry.address}  ${entry.groups.map(group => `@${group}`).join(' ')}`))] : []),
    ...(entry?.reason === undefined ? [] : wrap(hostLine(entry.reason), width).map(theme.bad)),
    '',
  ]
  const facts = side.facts.get(side.host)
  if (!facts || facts.kind === 'reading') return [...head, theme.faint('reading …')]
  if (facts.kind === 'failed') return [...head, ...wrap(`✗ ${hostLine(facts.error)}`, width).map(theme.bad)]
  return [
    ...head,
    ...facts.facts.flatMap(fact => [
      `${theme.accent(hostLine(fact.name))}${fact.age < 60 ? '' : theme.faint(`  ${durationText(fact.age * 1000)} ago`)}`,
      ...(fact.error === undefined
        ? rowsOf(fact.rows, width, theme)
        : wrap(`✗ ${hostLine(fact.error)}`, width - 2).map(text => `  ${theme.bad(text)}`)),
      '',
    ]),
  ]
}

/** Names and values in two columns; a value too long for its column goes on below. */
function rowsOf(rows: readonly (readonly [name: string, value: string])[], width: number, theme: Theme): string[] {
  const names = Math.min(18, Math.max(0, ...rows.map(([name]) => widthOf(name))))
  return rows.flatMap(([name, value]) =>
    wrap(hostLine(value), Math.max(8, width - names - 4)).map(
      (text, index) => `  ${theme.faint(pad(index === 0 ? hostLine(name) : '', names, 'left', '…'))}  ${text}`,
    ),
  )
}

interface Subject {
  readonly title: string
  readonly hosts: readonly string[]
  readonly changes: readonly ChangeView[]
  readonly text: readonly string[]
}

/** What the cursor of the cells pane stands on; where there is nothing to see, the newest thing there is. */
function subjectOf(view: SideInput, theme: Theme): Subject | undefined {
  const { cursor } = view.cells
  const { entries } = view.notebook
  const entry = cursor ? entries.find(({ id }) => id === cursor.entry) : entries.findLast(hasSomething)
  if (!entry) return undefined
  const stop = cursor?.stop
  if (stop?.kind === 'result group') return resultSubject(entry, stop.group, theme)
  if (stop?.kind === 'plan group') return planSubject(entry, stop.plan, stop.group)
  if (stop?.kind === 'plan') return planSubject(entry, stop.plan, firstChange(entry, stop.plan))
  const own = hasSomething(entry) ? entry : entries.findLast(hasSomething)
  return own && (resultSubject(own, 0, theme) ?? planSubject(own, 0, firstChange(own, 0)))
}

const hasSomething = (entry: Entry) =>
  entry.plans.length > 0 || (entry.end?.kind === 'ok' && entry.end.value.kind === 'results')

const firstChange = (entry: Entry, plan: number) =>
  Math.max(0, entry.plans[plan]?.groups.findIndex(group => group.changes.length > 0) ?? 0)

function planSubject(entry: Entry, planIndex: number, index: number): Subject | undefined {
  const plan = entry.plans[planIndex]
  const group = plan?.groups[index]
  if (!plan || !group) return undefined
  return {
    title: plan.label,
    hosts: group.hosts,
    changes: group.changes,
    text: group.reason === undefined ? [] : hostLines(group.reason),
  }
}

function resultSubject({ end, source }: Entry, index: number, theme: Theme): Subject | undefined {
  if (end?.kind !== 'ok' || end.value.kind !== 'results') return undefined
  const group = end.value.groups[index]
  if (!group) return undefined
  return {
    title: source.split('\n')[0] ?? '',
    hosts: group.hosts,
    changes: group.changes ?? [],
    text: group.changes && group.changes.length > 0 ? [] : answerLines(group, theme),
  }
}

function headOf({ title, hosts }: Subject, width: number, theme: Theme): string[] {
  const count = hosts.length === 1 ? '' : `${hosts.length} hosts  `
  return [
    theme.strong(hostLine(title)),
    ...wrap(`${count}${nodeSet(hosts)}`, width)
      .slice(0, 3)
      .map(theme.faint),
    theme.faint('─'.repeat(width)),
  ]
}

function diffContent(view: SideInput, width: number, theme: Theme): string[] {
  const subject = subjectOf(view, theme)
  if (!subject) return [theme.faint('No plan yet: operations show their diff here.')]
  if (subject.changes.length === 0) return [...headOf(subject, width, theme), theme.faint('Nothing would change.')]
  const commands = [...new Set(subject.changes.flatMap(change => change.commands))]
  return [
    ...headOf(subject, width, theme),
    ...changeLines(subject.changes, theme).flatMap(line => wrap(line, width)),
    ...(commands.length === 0 ? [] : ['', theme.faint('runs')]),
    ...commands.flatMap(command =>
      wrap(hostLines(command).join('\n'), width - 2).map(line => `  ${theme.faint(line)}`),
    ),
  ]
}

function outputContent(view: SideInput, width: number, theme: Theme): string[] {
  const subject = subjectOf(view, theme)
  if (!subject) return [theme.faint('No output yet.')]
  const text = subject.text.length > 0 ? subject.text : [theme.faint('(no output)')]
  return [...headOf(subject, width, theme), ...text.flatMap(line => wrap(line, width))]
}
