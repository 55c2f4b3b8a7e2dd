import type { Universe } from '../../engine/nodeset/pattern.js'
import { ranked } from '../../repl/completion/rank.js'
import { helpAsked } from '../../repl/help-asked.js'
import { hostsMeant } from '../../repl/marked.js'
import { proseOf } from '../../repl/notebook/prose.js'
import { beginsName, continuesName } from '../editor/begins-name.js'
import { EDITOR_COMMANDS, type EditorCommand } from '../editor/commands.js'
import { isComplete } from '../editor/complete.js'
import { paste as insertPaste, type as insertText, setText } from '../editor/insert.js'
import { type EditorState, replace } from '../editor/state.js'
import { typeOver } from '../editor/vi/insertion.js'
import { isTyping } from '../editor/vi/state.js'
import { freshDraft } from '../editor/vi/vi.js'
import { helpAtCursor } from './at-cursor.js'
import { type Completion, moveSelection, selectedItem } from './completion.js'
import { nextHole } from './holes.js'
import { boundFleets } from './hosts.js'
import { attach } from './hosts-actions.js'
import { quit } from './leaving.js'
import type { Message } from './message.js'
import type { Next } from './next.js'
import { startCommand } from './notebook.js'
import { problemMeant } from './problems.js'
import { recall, submitted, takeCompletion, takenBack, withEditor } from './prompt.js'
import { enterDraft, isBusy, nextDraft } from './queue.js'
import { attachAll } from './shells.js'
import type { Prompt, View } from './view.js'

const only = (view: View): Next => ({ view, effects: [] })

/**
 * Enter: runs a colon command at once, a cell when it has no type errors and those before it have ended; with something left open,
 * a new line.
 */
export function submit(view: View, force = false): Next {
  const { prompt } = view
  if (prompt.checking && !force) return only(view)
  const { text } = prompt.editor
  const source = text.trim()
  if (source === '') return only({ ...view, prompt: withEditor(prompt, setText(prompt.editor, '')) })
  const leaving = /^:\s*q(?:u|ui|uit)?(!?)$/.exec(source)
  if (leaving) return quit(view, leaving[1] === '!')
  if (source.startsWith(':')) return submitCommand(view, source.slice(1).trim())
  const asked = helpAsked(source)
  if (asked !== undefined) return submitCommand(view, `help ${asked}?`)
  if (!force && !isComplete(text)) return newLine(view)
  if (force || isBusy(view)) return enterDraft(view, force)
  return { view: { ...view, prompt: { ...prompt, checking: true } }, effects: [{ kind: 'check', source: text }] }
}

function submitCommand(view: View, line: string): Next {
  const shell = /^shell(?:\s+(.+))?$/.exec(line)
  if (shell) return openShell(view, shell[1])
  // prose is a cell of its own, which shows it
  const isProse = proseOf(`:${line}`) !== undefined
  const notebook = isProse ? view.notebook : startCommand(view.notebook, line, view.now)
  const shown = /^h(?:elp)?(?:\s|$)/.test(line) ? helpAtCursor(view) : view
  const { place } = view.prompt
  const prompt = { ...submitted(view.prompt), ...(isProse ? { place: undefined, sentTo: place } : {}) }
  return {
    view: { ...shown, notebook, prompt, cells: { cursor: undefined, top: 'end' } },
    effects: [{ kind: 'command', line, entry: isProse ? 0 : notebook.lastId }],
  }
}

/** `:shell web-1`, or a pattern for a shell on each of several hosts; without one, on the hosts of the focus. */
function openShell(view: View, pattern: string | undefined): Next {
  const { focus } = view.session
  if (pattern === undefined && focus.hosts.length > 1 && focus.hosts.length === view.hosts.entries.size)
    return only({ ...view, notice: 'Say on which hosts: :shell PATTERN' })
  let hosts = focus.hosts
  try {
    if (pattern !== undefined) hosts = hostsMeant(pattern, universeOf(view), boundFleets(view.hosts))
  } catch (error) {
    return only({ ...view, notice: error instanceof Error ? error.message : String(error) })
  }
  const [first] = hosts
  if (first === undefined) return only({ ...view, notice: 'There is no host to open a shell on.' })
  const next = { ...view, prompt: submitted(view.prompt), cells: { cursor: undefined, top: 'end' as const } }
  return hosts.length === 1 ? attach(next, first) : attachAll(next, hosts)
}

const universeOf = ({ hosts }: View): Universe => ({
  hosts: [...hosts.entries.keys()],
  groups: new Map(hosts.groups.map(({ name, hosts: members }) => [name, members])),
})

/** Makes the edit that the problem at the cursor offers, else the first problem; also before the draft was entered. */
export function fixProblem(view: View): Next {
  const problem = problemMeant(view.prompt)
  if (!problem?.fix) return only({ ...view, notice: problem ? 'Nothing is offered to put this right.' : view.notice })
  const { start, end, text } = problem.fix
  return edited(view, replace(view.prompt.editor, { start, end, insert: text }))
}

/** Begins a new line; from vi's normal mode one at the end, to be typed. */
export function newLine(shown: View): Next {
  const view = nextDraft(shown)
  const { prompt } = view
  const { vi, editor } = prompt
  if (!vi || isTyping(vi)) return editCommand(view, 'newline')
  const typing = { ...prompt, vi: freshDraft(vi, editor), editor: { ...editor, cursor: editor.text.length } }
  return editCommand({ ...view, prompt: typing }, 'newline')
}

/**
 * Types a character. The list of completions opens by itself where names begin (`beginsName`); it follows what is typed while it is
 * open.
 */
export function type(shown: View, text: string): Next {
  const view = nextDraft(shown)
  const open = view.prompt.completion
  const back = takenBack(view.prompt, text)
  if (back) return only({ ...view, prompt: back })
  const over = view.prompt.vi?.mode === 'replace'
  const typing = edited(view, over ? typeOver(view.prompt.editor, text) : insertText(view.prompt.editor, text))
  if (open && followsName(open, text)) return following(typing.view, open)
  const { editor } = typing.view.prompt
  // typed on faster than the names came: asked again for what stands there now
  const asks = beginsName(editor) || (!open && view.prompt.awaited && continuesName(editor))
  return asks ? askCompletion(typing.view, false) : typing
}

/** Names of code are of letters; those of hosts, files and units hold signs too, and those of files blanks. */
function followsName({ items: [first] }: Completion, text: string): boolean {
  if (/^[\p{ID_Continue}$]$/u.test(text)) return true
  if (first === undefined) return false
  return /^[-@/.:]$/.test(text) ? NAMED_KINDS.has(first.kind) : text === ' ' && FILE_KINDS.has(first.kind)
}

const FILE_KINDS = new Set(['file', 'directory'])

const NAMED_KINDS = new Set([
  // of an import, in TypeScript's words
  'external module name',
  'script',
  'host',
  'group',
  'unit',
  'package',
  'user',
  'notebook',
  ...FILE_KINDS,
])

export function paste(shown: View, text: string): Next {
  const view = nextDraft(shown)
  return edited(view, insertPaste(view.prompt.editor, text.replaceAll('\t', '  ')))
}

export function editCommand(shown: View, command: EditorCommand): Next {
  const view = INSERTING.has(command) ? nextDraft(shown) : shown
  const open = view.prompt.completion
  const { view: next } = edited(view, EDITOR_COMMANDS[command](view.prompt.editor))
  return open && command === 'delete-left' ? following(next, open) : { view: next, effects: [] }
}

/** While a draft is checked, these begin the next one; others change it, and then it is not run. */
const INSERTING: ReadonlySet<EditorCommand> = new Set(['yank', 'newline'])

/** Until the completions for the draft as it is now have come, an open list shows what of it still fits. */
function following(view: View, open: Completion): Next {
  const { text, cursor } = view.prompt.editor
  const from = open.items[0]?.from ?? cursor
  const items = from > cursor ? [] : ranked(open.items, text.slice(from, cursor))
  const completion = items.length === 0 ? undefined : { ...open, items, selected: 0 }
  return askCompletion({ ...view, prompt: { ...view.prompt, completion } }, false)
}

function edited(view: View, editor: EditorState): Next {
  const prompt = withoutCompletion(withEditor(view.prompt, editor))
  const notice =
    view.prompt.checking && !prompt.checking ? 'It was changed while its types were checked: not run.' : view.notice
  return only({ ...view, prompt, notice })
}

/** `↑` and `↓`: between lines while there are some, then through the history. */
export function throughHistory(shown: View, by: -1 | 1): Next {
  const view = nextDraft(shown)
  const { text, cursor } = view.prompt.editor
  const beyond = by < 0 ? text.slice(0, cursor) : text.slice(cursor)
  if (beyond.includes('\n')) return editCommand(view, by < 0 ? 'move-up' : 'move-down')
  return only({ ...view, prompt: recall(view.prompt, by) })
}

/** @param asked the person pressed Tab: a single answer is taken at once */
export function askCompletion(view: View, asked: boolean): Next {
  const { editor, revision } = view.prompt
  return {
    view: { ...view, prompt: { ...view.prompt, awaited: true } },
    effects: [{ kind: 'complete', source: editor.text, position: editor.cursor, revision, asked }],
  }
}

/** Completions have come: those for an older draft are out of date. */
export function openCompletion(
  view: View,
  { revision, asked, items }: Extract<Message, { kind: 'completions' }>,
): View {
  if (revision !== view.prompt.revision) return view
  const prompt = { ...view.prompt, awaited: false }
  const [first] = items
  if (!first)
    return { ...view, prompt: withoutCompletion(prompt), notice: asked ? 'Nothing completes this.' : view.notice }
  if (asked && items.length === 1) return withHint({ ...view, prompt: takeCompletion(prompt, first) })
  return { ...view, prompt: { ...prompt, completion: { items, selected: 0, wanted: asked } } }
}

/** What was found out about the draft as it is; about an older one it is out of date. */
export function assisted(view: View, { revision, assist }: Extract<Message, { kind: 'assisted' }>): View {
  return revision === view.prompt.revision ? { ...view, prompt: { ...view.prompt, assist } } : view
}

export function described(view: View, { revision, name, text }: Extract<Message, { kind: 'described' }>): View {
  const { prompt } = view
  if (!prompt.completion || revision !== prompt.revision) return view
  return { ...view, prompt: { ...prompt, completion: { ...prompt.completion, about: { name, text } } } }
}

const withoutCompletion = (prompt: Prompt): Prompt => ({ ...prompt, completion: undefined, awaited: false })

export function selectCompletion(view: View, by: number): Next {
  const { completion } = view.prompt
  if (!completion) return only(view)
  return only({ ...view, prompt: { ...view.prompt, completion: { ...moveSelection(completion, by), wanted: true } } })
}

/** Up in the list; `↑` in one that came by itself is for the history, as if it were not there. */
export function previousCompletion(view: View, key: string): Next {
  const { prompt } = view
  if (key === 'up' && prompt.completion && !prompt.completion.wanted)
    return throughHistory({ ...view, prompt: withoutCompletion(prompt) }, -1)
  return selectCompletion(view, -1)
}

/** Takes the selected completion. Enter takes one only when the person asked for the list or moved in it; else it runs the cell. */
export function acceptCompletion(view: View, key: string): Next {
  const { completion } = view.prompt
  const item = completion && selectedItem(completion)
  if (!completion || !item || (key === 'enter' && !completion.wanted))
    return submit({ ...view, prompt: withoutCompletion(view.prompt) })
  const taken = withHint({ ...view, prompt: takeCompletion(view.prompt, item) })
  return item.kind === 'directory' || isInQuotes(taken) ? askCompletion(taken, false) : only(taken)
}

const withHint = (view: View): View =>
  view.prompt.holes?.fresh ? { ...view, notice: 'Tab goes to the next value, and behind the last out of it.' } : view

/** Between two quotes: what may be named there is shown at once. */
function isInQuotes({ prompt: { editor, holes } }: View): boolean {
  return holes !== undefined && /^(?:''|"")$/.test(editor.text.slice(editor.cursor - 1, editor.cursor + 1))
}

/** Tab: to what is to be filled in next, while something is; else what is before the cursor is completed. */
export function tab(view: View): Next {
  return toHole(view, 1) ?? askCompletion({ ...view, prompt: { ...view.prompt, holes: undefined } }, true)
}

/** Goes to the next thing to be filled in (`1`), or back (`-1`). */
export function toHole(view: View, by: -1 | 1): Next | undefined {
  const { prompt } = view
  const { holes, editor } = prompt
  const place = holes && nextHole(holes, editor.cursor, by)
  if (place === undefined) return undefined
  const there = { ...withEditor(prompt, { ...editor, cursor: place, anchor: undefined }), completion: undefined }
  const next = { ...view, prompt: place === holes?.places.at(-1) ? { ...there, holes: undefined } : there }
  return isInQuotes(next) ? askCompletion(next, false) : only(next)
}

export function closePopup(view: View): Next {
  const { prompt } = view
  if (prompt.completion) return only({ ...view, prompt: withoutCompletion(prompt) })
  const settled = { problems: [], assist: undefined, awaited: false, holes: undefined, place: undefined }
  return only({ ...view, prompt: { ...prompt, ...settled } })
}
