/** One thing that may stand at the cursor, with a word on it for shells that show one. */
export interface Candidate {
  readonly text: string
  readonly about?: string
}
