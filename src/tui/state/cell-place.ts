/** Where the next cell goes on the screen: beside an entry, or in its place. */
export interface CellPlace {
  readonly beside: number
  readonly where: 'above' | 'below' | 'instead'
}
