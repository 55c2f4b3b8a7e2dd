import type { TextDiff } from '../../../engine/plan/diff.js'
import { answerBefore, answerDiff, answersOf, heldAgainst, whenText } from '../../../repl/answers/answers.js'
import { changeLines } from '../../document/change-lines.js'
import { nodeSetIn } from '../../document/group-row.js'
import { hostLine, hostLines } from '../../document/host-text.js'
import { sideBySide } from '../../document/side-by-side.js'
import type { Theme } from '../../document/theme.js'
import { wrap, wrapHanging } from '../../document/wrap.js'
import type { SideInput } from './side-input.js'
import { headOf, type Subject, subjectOf } from './subject.js'

/** The diff of what the cursor stands on: of a plan; of an answer against what most hosts said; against the same cell before. */
export function diffTab(view: SideInput, width: number, theme: Theme): string[] {
  const subject = subjectOf(view, theme)
  if (!subject) return [theme.faint('No plan yet: operations show their diff here.')]
  const head = headOf(subject, width, theme)
  if (subject.changes.length > 0) return [...head, ...planned(subject, width, theme)]
  const compared = [...againstMost(subject, width, theme), ...againstBefore(view, subject, width, theme)]
  if (compared.length > 0) return [...head, ...compared]
  return [...head, theme.faint(subject.group === undefined ? 'Nothing would change.' : 'Nothing to compare it with.')]
}

function planned({ changes }: Subject, width: number, theme: Theme): string[] {
  const commands = [...new Set(changes.flatMap(change => change.commands))]
  const diffs = changes.flatMap(
    change =>
      (change.diff.kind === 'text' && sideBySide(change.diff.before ?? '', change.diff.after ?? '', width, theme)) ||
      changeLines([change], theme).flatMap(line => wrapHanging(line, width)),
  )
  return [
    ...diffs,
    ...(commands.length === 0 ? [] : ['', theme.faint('runs')]),
    ...commands.flatMap(command =>
      wrap(hostLines(command).join('\n'), width - 2).map(line => `  ${theme.faint(line)}`),
    ),
  ]
}

/** This answer against that of most other hosts. */
function againstMost({ entry, group, hosts }: Subject, width: number, theme: Theme): string[] {
  const groups = answersOf(entry)
  const own = group === undefined ? undefined : groups[group]
  const most = own && heldAgainst(own, groups)
  const diff = own && most && answerDiff(most, own)
  if (!diff) return []
  return [
    `${theme.removed(`- ${nodeSetIn(most.hosts, width - 2)}`)}`,
    `${theme.added(`+ ${nodeSetIn(hosts, width - 2)}`)}`,
    ...textDiff(diff, width, theme),
  ]
}

/** This answer against what the same hosts said when the same was asked before. */
function againstBefore(
  { notebook }: SideInput,
  { entry, group, hosts: [host] }: Subject,
  width: number,
  theme: Theme,
): string[] {
  const own = group === undefined ? undefined : answersOf(entry)[group]
  const earlier = own && host !== undefined && answerBefore(notebook.entries, entry, host)
  if (!earlier) return []
  const when = whenText(earlier.before)
  const diff = answerDiff(earlier.then, own)
  if (!diff) return ['', theme.faint(`${hostLine(host)} said the same in ${when}`)]
  return ['', theme.faint(`since ${when}, on ${hostLine(host)}`), ...textDiff(diff, width, theme)]
}

function textDiff(diff: TextDiff, width: number, theme: Theme): readonly string[] {
  const beside = sideBySide(diff.before ?? '', diff.after ?? '', width, theme)
  if (beside) return beside
  const change = { summary: '', diff, commands: [], undoable: false }
  return changeLines([change], theme)
    .slice(1)
    .flatMap(line => wrapHanging(line, width))
}
