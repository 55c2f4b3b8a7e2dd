import { foldNames } from '../../engine/nodeset/fold.js'
import { oneLine, timeText } from './header-text.js'
import { PROOF_MARK } from './proof.js'

/** How every exported file begins: only such a file is written over. */
export const EXPORT_MARK = '// Exported by muster'

/** Where an exported deploy comes from. */
export interface Origin {
  readonly session: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly cells: readonly number[]
  /** What a reader must know: what was left out and why. One sentence each. */
  readonly notes: readonly string[]
}

/** The comment an exported deploy begins with. */
export function headerOf({ session, at, cells, notes }: Origin): string {
  const from =
    cells.length === 0
      ? 'no cell'
      : `${cells.length === 1 ? 'cell' : 'cells'} ${foldNames(cells.map(String)).replace(/^\[|\]$/g, '')}`
  return [
    `${EXPORT_MARK} from session ${oneLine(session)} (${from}) on ${timeText(at)}.`,
    `${PROOF_MARK}none yet: it was not planned against any host.`,
    ...notes.map(note => `// ${oneLine(note)}`),
    '',
  ].join('\n')
}
