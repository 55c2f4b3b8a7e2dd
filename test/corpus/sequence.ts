/** One expectation per sequence: what its last cell gives, and what has come of all of them. */
export interface Expected {
  /** Value of the last cell; compared by how `util.inspect` shows it. */
  readonly value?: unknown
  /** How `util.inspect` shows the value, where that is easier to write down. */
  readonly shown?: string | RegExp
  /** What the last cell fails with, its place first: `cell 2:1:3: TypeError: …`. */
  readonly error?: string | RegExp
  /** The person's own frames of that error, innermost first: `cell 1:2:3`, a file's name with line and column. */
  readonly frames?: readonly string[]
  /** What the type checker says about the last cell before it is run: `2:3 Cannot find name 'x'.`; none unless given. */
  readonly problems?: readonly (string | RegExp)[]
  /** Text on the console, by cell: `1 out hello`. */
  readonly console?: readonly string[] | RegExp
  /** What went wrong when nobody waited for it any more: `cell 1:1:20: Error: late`. */
  readonly late?: readonly (string | RegExp)[]
  /** What can be completed at `|` in the last cell, which is not run: these are among it. */
  readonly completes?: readonly string[]
  /** …and these are not. */
  readonly completesNot?: readonly string[]
}

/** Cells that are typed one after the other in a session of their own. */
export type Sequence = readonly [title: string, cells: readonly string[], expected: Expected]
