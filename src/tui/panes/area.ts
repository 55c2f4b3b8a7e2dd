/** Room on the terminal, in columns and rows. */
export interface Area {
  readonly width: number
  readonly height: number
}
