/** What a change would alter, as data: it renders as text, in panes and in reports, and folds over hosts when equal. */
export type Diff = TextDiff | FieldsDiff | SetDiff | CommandDiff

/** The text of a file; `null` where there is none. */
export interface TextDiff {
  readonly kind: 'text'
  /** What the text belongs to: a path. */
  readonly subject: string
  readonly before: string | null
  readonly after: string | null
}

/** Named attributes of one thing: mode and owner of a file, the fields of a user, the states of a service. */
export interface FieldsDiff {
  readonly kind: 'fields'
  /** `user deploy`, `file /etc/hosts`, `unit nginx.service` */
  readonly subject: string
  /** Only fields that differ. */
  readonly fields: Readonly<Record<string, { readonly before: FieldValue; readonly after: FieldValue }>>
}

export type FieldValue = string | number | boolean | null | readonly string[]

/** Members of a set: packages with versions, groups of a user, lines of a list. */
export interface SetDiff {
  readonly kind: 'set'
  readonly subject: string
  readonly added: readonly SetMember[]
  readonly removed: readonly SetMember[]
  readonly altered: readonly { readonly name: string; readonly before: string; readonly after: string }[]
}

export interface SetMember {
  readonly name: string
  /** Version or other detail, where one is known. */
  readonly detail?: string
}

/** A command whose effect cannot be told beforehand. */
export interface CommandDiff {
  readonly kind: 'command'
  readonly subject: string
  readonly command: string
}

/** One line of a rendered diff. */
export interface DiffLine {
  readonly sign: '+' | '-' | ' ' | '@' | '!'
  readonly text: string
}

/** How much a diff adds and takes away, for summaries like `+1 −1`. */
export interface DiffCount {
  readonly added: number
  readonly removed: number
}
