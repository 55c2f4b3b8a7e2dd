import type { Context } from '../../repl/keys/bindings.js'
import type { AssistView, FactView, HelpView, Problem } from '../../repl/protocol.js'
import { DEFAULT_SETTINGS, type Settings } from '../../repl/settings/settings.js'
import type { Place } from '../document/notebook-lines.js'
import type { Recall } from '../editor/recall.js'
import { type EditorState, editorOf } from '../editor/state.js'
import type { Vi } from '../editor/vi/state.js'
import type { Scroll } from '../editor/view.js'
import type { ScreenSize } from '../screen/frame.js'
import type { Approval } from './approval.js'
import type { CellPlace } from './cell-place.js'
import type { CellSearch } from './cell-search.js'
import type { Completion } from './completion.js'
import type { Finder } from './finder.js'
import type { Holes } from './holes.js'
import { type Hosts, NO_HOSTS } from './hosts.js'
import { DEFAULT_KEYMAP, type Keymap } from './keymap.js'
import { EMPTY_NOTEBOOK, type Notebook } from './notebook.js'
import type { AskedQuestion } from './question.js'
import type { ShellsView } from './shells.js'

/** Who gets the keys. `approval` and `question` are there only while something waits for the person. */
export type Pane = 'question' | 'approval' | 'prompt' | 'cells' | 'hosts' | 'side'

export type SideTab = 'facts' | 'diff' | 'output' | 'doctor' | 'help'
export const SIDE_TABS: readonly SideTab[] = ['facts', 'diff', 'output', 'doctor', 'help']

/** Everything the screen shows. Components are functions of it. */
export interface View {
  readonly size: ScreenSize
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly session: SessionInfo
  readonly hosts: Hosts
  readonly notebook: Notebook
  readonly cells: CellsView
  readonly side: SideView
  readonly prompt: Prompt
  /** Plans that wait for a decision; the first is asked now. */
  readonly approvals: readonly Approval[]
  /** Questions that wait for an answer; the first is asked now. */
  readonly questions: readonly AskedQuestion[]
  readonly active: Pane
  /** The pane that was given the whole width. */
  readonly wide: WidePane | undefined
  /** Keys of a sequence that has begun, `ctrl-x`; empty otherwise. */
  readonly begun: string
  readonly settings: Settings
  /** The keys as the settings have them. */
  readonly keymap: Keymap
  /** A sentence above the footer, until the next key. */
  readonly notice: string
  /** The list that something is being looked for in. */
  readonly finder: Finder | undefined
  /** Shells on several hosts, which have the whole screen. */
  readonly shells: ShellsView | undefined
}

export interface SessionInfo {
  readonly name: string
  readonly inventory: string
  /** The fleet that bare names act on, as a pattern and as hosts. */
  readonly focus: { readonly pattern: string; readonly hosts: readonly string[] }
}

export interface CellsView {
  readonly cursor: Place | undefined
  /** First row shown, or `end` to follow what is new. */
  readonly top: number | 'end'
  /** Where the person was when they left the pane, and what the last entry was then. */
  readonly left?: { readonly cursor: Place; readonly top: number | 'end'; readonly lastId: number }
  /** What is looked for. */
  readonly search?: CellSearch
  /** The entry that the next press of the key takes off the screen. */
  readonly deleting?: number
}

/** A pane that can have the whole width. */
export type WidePane = 'hosts' | 'cells' | 'side'

export interface SideView {
  /** At a narrow width, whether the pane is shown in the place of the hosts. */
  readonly wanted: boolean
  readonly tab: SideTab
  /** First row shown. */
  readonly top: number
  readonly host: string | undefined
  readonly facts: ReadonlyMap<string, FactsOfHost>
  /** Where the person was who asked for the keys. */
  readonly place: Context
  /** What is known of the thing that the cursor of the prompt was at last. */
  readonly help: HelpView | undefined
  /** The fact the cursor is on, while the facts of one host are a tree. */
  readonly fact: string | undefined
  /** Facts that the person opened or closed: otherwise than they begin. */
  readonly turned: ReadonlySet<string>
  /** Hosts whose facts are compared in a table; empty for the facts of one host. */
  readonly hosts: readonly string[]
  /** Part of a fact's name or value. */
  readonly filter: string
  readonly filtering: boolean
  /** What the doctor found, by host. */
  readonly doctor: ReadonlyMap<string, string>
}

export type FactsOfHost =
  | { readonly kind: 'reading' }
  | { readonly kind: 'known'; readonly facts: readonly FactView[]; readonly at: number }
  | { readonly kind: 'failed'; readonly error: string }

export interface Prompt {
  readonly editor: EditorState
  /** vi's side of it, while the person has set its keys. */
  readonly vi: Vi | undefined
  /** First line and first column of the draft in view. */
  readonly scroll: Scroll
  /** While a mouse button is held that was pressed here; and when that was, in milliseconds since the epoch. */
  readonly pressed: { readonly place: number; readonly at: number; readonly held: boolean } | undefined
  /** Earlier inputs, oldest first. */
  readonly history: readonly string[]
  /** While an earlier input is shown: the walk through them. */
  readonly recalled: Recall | undefined
  readonly completion: Completion | undefined
  /** What a completion left to be filled in. */
  readonly holes: Holes | undefined
  /** Completions were asked for and have not come. */
  readonly awaited: boolean
  /** Where the cell being written goes; without it, at the end. */
  readonly place: CellPlace | undefined
  /** Where the cell goes that was sent and has not begun. */
  readonly sentTo: CellPlace | undefined
  /** Counts the drafts: an answer about an older one is out of date. */
  readonly revision: number
  /** The call around the cursor, and what is wrong so far; of an earlier draft until that about this one has come. */
  readonly assist: AssistView | undefined
  /** Type errors of the draft, until it is changed. */
  readonly problems: readonly Problem[]
  /** Enter was pressed; whether it has type errors is being found out. */
  readonly checking: boolean
  /** Drafts that were entered and are not sent yet, the next one first. */
  readonly queue: readonly Entered[]
  /** A cell was sent and has not ended. */
  readonly sent: boolean
  /** What was typed behind a draft that came back with type errors: the next draft. */
  readonly held: string
}

/** A draft that was entered while another cell was checked or ran. */
export interface Entered {
  readonly source: string
  /** It is run in spite of type errors. */
  readonly force: boolean
  /** Where it goes on the screen; without it, at the end. */
  readonly place: CellPlace | undefined
  /** Whether it has type errors is being found out. */
  readonly asked: boolean
}

export function initialView(size: ScreenSize, now: number): View {
  return {
    size,
    now,
    session: { name: '', inventory: '', focus: { pattern: '', hosts: [] } },
    hosts: NO_HOSTS,
    notebook: EMPTY_NOTEBOOK,
    cells: { cursor: undefined, top: 'end' },
    side: {
      wanted: false,
      tab: 'facts',
      top: 0,
      host: undefined,
      facts: new Map(),
      fact: undefined,
      turned: new Set(),
      hosts: [],
      filter: '',
      filtering: false,
      doctor: new Map(),
      place: 'prompt',
      help: undefined,
    },
    prompt: {
      editor: editorOf(),
      vi: undefined,
      scroll: { top: 0, left: 0 },
      pressed: undefined,
      history: [],
      recalled: undefined,
      completion: undefined,
      holes: undefined,
      awaited: false,
      place: undefined,
      sentTo: undefined,
      revision: 0,
      assist: undefined,
      problems: [],
      checking: false,
      queue: [],
      sent: false,
      held: '',
    },
    approvals: [],
    questions: [],
    active: 'prompt',
    wide: undefined,
    begun: '',
    settings: DEFAULT_SETTINGS,
    keymap: DEFAULT_KEYMAP,
    notice: '',
    finder: undefined,
    shells: undefined,
  }
}
