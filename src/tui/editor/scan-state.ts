/** An open bracket, or the beginning of a template or of an expression in one. */
export interface Bracket {
  readonly text: '(' | '[' | '{' | '`' | '${'
  /** For `(` behind a keyword: which, so that `if (…)` is known to want a statement. */
  readonly after?: string
}

export const CLOSERS: Readonly<Record<Bracket['text'], string>> = { '(': ')', '[': ']', '{': '}', '`': '`', '${': '}' }

/** What is open between two lines. */
export interface ScanState {
  /** Brackets, outermost first. */
  readonly open: readonly Bracket[]
  /** Inside a block comment, or a string that goes on behind a backslash. */
  readonly inside: 'comment' | '"' | "'" | undefined
  /** The last thing that was neither blank nor comment. */
  readonly last: { readonly kind: string; readonly text: string; readonly after?: string } | undefined
}

export const START: ScanState = { open: [], inside: undefined, last: undefined }
