import type { Decision } from '../../engine/events.js'
import type { Place } from '../../repl/language/requests.js'
import type {
  AssistView,
  CellEnd,
  CompletionView,
  FactView,
  HelpView,
  HistoryEntry,
  Problem,
  SessionRecord,
} from '../../repl/protocol.js'
import type { ScreenSize } from '../screen/frame.js'
import type { InputEvent } from '../screen/input-event.js'
import type { TerminalImage } from '../shells/terminal-image.js'

/** What the view is told. Times are milliseconds since the epoch. */
export type Message =
  | { readonly kind: 'records'; readonly records: readonly SessionRecord[]; readonly now: number }
  | { readonly kind: 'input'; readonly event: InputEvent; readonly now: number }
  | { readonly kind: 'resized'; readonly size: ScreenSize }
  | { readonly kind: 'tick'; readonly now: number }
  /** Earlier inputs, oldest first. */
  | { readonly kind: 'history'; readonly inputs: readonly string[] }
  | {
      readonly kind: 'completions'
      readonly revision: number
      readonly asked: boolean
      readonly items: readonly CompletionView[]
    }
  /** What there is to say about a draft while it is written. */
  | { readonly kind: 'assisted'; readonly revision: number; readonly assist: AssistView }
  /** What there is to say about the thing at the cursor. */
  | { readonly kind: 'explained'; readonly revision: number; readonly help: HelpView | undefined }
  /** Where the thing at the cursor is declared. */
  | { readonly kind: 'defined'; readonly revision: number; readonly place: Place | undefined }
  /** The draft comes back from the person's editor. */
  | { readonly kind: 'edited outside'; readonly text: string }
  /** What the selected completion is. */
  | { readonly kind: 'described'; readonly revision: number; readonly name: string; readonly text: string }
  /** A cell that was sent has ended. */
  | { readonly kind: 'ran'; readonly end: CellEnd['kind'] }
  | { readonly kind: 'checked'; readonly source: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'facts'; readonly host: string; readonly facts: readonly FactView[] }
  /** What the doctor found. */
  | { readonly kind: 'examined'; readonly host: string; readonly text: string }
  | { readonly kind: 'facts failed'; readonly host: string; readonly error: string }
  /** What there is to be found in. */
  | { readonly kind: 'found'; readonly of: 'history'; readonly entries: readonly HistoryEntry[] }
  | { readonly kind: 'found'; readonly of: 'everything'; readonly names: readonly CompletionView[] }
  /** A colon command has ended. */
  | { readonly kind: 'replied'; readonly entry: number; readonly end: CellEnd }
  /** Shells on several hosts are there; those that could not be opened have ended. */
  | {
      readonly kind: 'shells opened'
      readonly hosts: readonly string[]
      readonly ended: ReadonlyMap<string, string>
    }
  /** What terminals show now; `settled` when nothing was typed for so long that hosts have had the time to say it. */
  | {
      readonly kind: 'shells shown'
      readonly images: ReadonlyMap<string, TerminalImage>
      readonly settled: boolean
    }
  | { readonly kind: 'shell ended'; readonly host: string; readonly how: string }
  | { readonly kind: 'shells closed' }
  | { readonly kind: 'notice'; readonly text: string }
  /** A colon command is to be run, as if it had been typed. */
  | { readonly kind: 'command'; readonly line: string }

/** What the view wants done outside of it. */
export type Effect =
  | { readonly kind: 'run'; readonly source: string; readonly force: boolean }
  | { readonly kind: 'check'; readonly source: string }
  | { readonly kind: 'command'; readonly line: string; readonly entry: number }
  | {
      readonly kind: 'complete'
      readonly source: string
      readonly position: number
      readonly revision: number
      readonly asked: boolean
    }
  | { readonly kind: 'find'; readonly of: 'history' | 'everything' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'decide'; readonly id: number; readonly decision: Decision }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: string | boolean | undefined }
  | { readonly kind: 'facts'; readonly host: string; readonly afresh: boolean }
  | { readonly kind: 'examine'; readonly host: string }
  | { readonly kind: 'select'; readonly hosts: readonly string[] }
  | { readonly kind: 'arrange'; readonly cells: readonly number[] }
  /** The person's terminal becomes a shell on a host, until that ends. */
  | { readonly kind: 'attach'; readonly host: string; readonly entry: number }
  /** Shells on several hosts, each on a terminal in memory of this size. */
  | {
      readonly kind: 'open shells'
      readonly hosts: readonly string[]
      readonly cols: number
      readonly rows: number
      readonly entry: number
    }
  | { readonly kind: 'type into shells'; readonly hosts: readonly string[]; readonly event: InputEvent }
  | { readonly kind: 'resize shells'; readonly cols: number; readonly rows: number }
  | { readonly kind: 'close shells' }
  /** Puts a text into the clipboard of the person's terminal. */
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'definition'; readonly source: string; readonly position: number; readonly revision: number }
  /** Opens a file in the person's editor. */
  | { readonly kind: 'open file'; readonly place: Extract<Place, { kind: 'file' }>; readonly readOnly: boolean }
  /** Gives the draft to the person's editor; the cursor's line and column count from 1. */
  | { readonly kind: 'edit draft'; readonly text: string; readonly line: number; readonly column: number }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'quit' }
