import type { Fix } from '../cells/analyse.js'
import type { Quote } from '../completion/in-quotes.js'
import type { InventoryNames } from '../completion/pattern.js'

/** What is wrong with a cell. Line, column and length are those of its source, from 1. */
export interface Diagnostic {
  readonly message: string
  readonly line: number
  readonly column: number
  /** Characters. */
  readonly length: number
  /** TypeScript's number for it, or one of muster's own. */
  readonly code: number
  readonly fix?: Fix
}

export interface Completions {
  /** Offset at which the text to be replaced starts; it ends at the caret. */
  readonly from: number
  readonly entries: readonly CompletionEntry[]
  /** The entries are keys of an argument of this call: `files.line`. */
  readonly keysOf?: string
  /** The caret is in a text given to a call: what it names may be known where hosts are. */
  readonly argument?: ArgumentText
}

/** What the call is named whose argument is a host whose answer is asked for. */
export const RESULTS_GET = 'Results.get'

/** A text that is an argument. */
export interface ArgumentText {
  /** `files.line`, `server.user`, `match` … */
  readonly call: string
  /** Its key in an object of arguments, or its position. */
  readonly key: string | number
  /** What it says as far as the caret. */
  readonly typed: string
  /** What it stands between. */
  readonly quote: Quote
  /** Offset in the draft at which it begins. */
  readonly start: number
}

export interface CompletionEntry {
  readonly name: string
  /** TypeScript's kind: `method`, `property`, `const`, `keyword` … */
  readonly kind: string
  /** What to insert, where it is not the name. */
  readonly insertText?: string
  /** Entries are shown in this order, then by name. */
  readonly sortText: string
  /** It is of the type that is wanted at the caret, or gives it when called. */
  readonly fits?: boolean
}

export interface QuickInfo {
  /** The declaration: `const web: Fleet`. */
  readonly text: string
  readonly documentation: string
  /** Its `@example`s. */
  readonly examples: readonly string[]
  /** What it is about: offset and characters. */
  readonly start: number
  readonly length: number
}

export interface Signature {
  /** The whole signature: `packages(args: {...}): Promise<…>`. */
  readonly label: string
  readonly documentation: string
  readonly parameters: readonly { readonly label: string; readonly documentation: string }[]
  /** Index of the parameter at the caret. */
  readonly active: number
  /** What is called, as it is written, as far as its names go: `files.line`, `facts.server.os`. */
  readonly called: string
  /** The key of an object argument that the caret is at. */
  readonly key?: string
}

/** Where something is declared; lines and columns from 1. */
export type Place =
  | { readonly kind: 'draft'; readonly offset: number }
  | { readonly kind: 'cell'; readonly cell: number; readonly line: number; readonly column: number }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }

/** What one can ask the language worker. */
export type Question =
  | { readonly kind: 'check'; readonly source: string }
  | {
      readonly kind: 'complete' | 'quickInfo' | 'signature' | 'definition'
      readonly source: string
      readonly position: number
    }
  | { readonly kind: 'describe'; readonly source: string; readonly position: number; readonly name: string }
  | { readonly kind: 'commit'; readonly id: number; readonly source: string }
  | { readonly kind: 'declare'; readonly file: string; readonly text: string }
  | { readonly kind: 'inventory'; readonly names: InventoryNames }
  | { readonly kind: 'warmUp' | 'forget' }

/** A question on its way to the worker. */
export interface Request {
  readonly number: number
  readonly question: Question
}

export type Reply =
  /** The worker is up; comes first, once. */
  | { readonly kind: 'started' }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly number: number; readonly reason: string }

export interface LanguageOptions {
  /** Directory of the session: where relative imports start, whose node_modules and tsconfig `paths` count. */
  readonly cwd: string
  /** Megabytes that the worker may hold while nothing is asked; one that holds more is replaced. Default 768. */
  readonly mostMemory?: number
  /** Declaration files of packages that are this very process's: `muster` → `…/dist/index.d.ts`. */
  readonly packages: Readonly<Record<string, string>>
}
