/** What may stand at the cursor, in place of the text from `from` to it. */
export interface Candidate {
  readonly name: string
  /** `host`, `group`, `command`, `unit` … */
  readonly kind: string
  /** A word on it, shown beside it. */
  readonly detail?: string
}

export interface Candidates {
  /** Offset at which the text to be replaced starts. */
  readonly from: number
  readonly candidates: readonly Candidate[]
}
