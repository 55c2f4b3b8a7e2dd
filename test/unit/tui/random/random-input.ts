import { BINDINGS } from '../../../../src/repl/keys/bindings.js'
import type { ScreenSize } from '../../../../src/tui/screen/frame.js'
import { keyBytes } from '../../../terminal/keys.js'
import type { Random } from './random.js'
import { anyText } from './random-texts.js'

/** Every key that something is bound to, as a terminal sends it; those that it cannot send are left out. */
const BOUND = [...new Set(BINDINGS.flatMap(({ keys }) => keys))].flatMap(keys => {
  try {
    return [keys.split(' ').map(keyBytes).join('')]
  } catch {
    return []
  }
})

const COMMANDS = [
  ':focus web',
  ':hosts',
  ':facts',
  ':undo',
  ':set theme light',
  ':doctor',
  ':shell web-1',
  ':shell web-*',
  ':note # a **b**',
  ':help',
  ':x',
  'a.b(',
  '$`ls`',
  '1 + 1',
]

/** Among pieces of input: time in which what is asked can be read. */
export const PAUSE = 'pause'

/** What people do in several keys, which single ones at random would hardly ever come to. */
const HABITS = [
  'f6 f6 space S',
  'f6 f6 home S',
  'f6 f6 down enter right right right',
  'f6 f6 home f',
  'f6 f6 / w e b enter',
  'f6 home down right right y',
  'f6 home down y',
  'f6 + + pause down down right left left -',
  'f6 end up right right right down right o',
  'f6 up d f6 f6 z',
  'f6 up up d f6 f6 z',
  'f6 end o',
  'f6 end d z',
  'f6 e enter',
  'f6 / o k enter n',
  'f2 pause enter f2 pause g y n y',
  'f2 pause enter f2 pause g pause',
  'f2 pause enter f2 pause g pause',
  'f2 pause enter f2 pause a 1 2 enter',
  'f2 pause enter f2 pause a 9 9 enter',
  'f2 pause enter f2 pause up up d',
  'f2 pause y enter',
  'ctrl-p w e b enter',
  'ctrl-r o k enter',
  'ctrl-] z ctrl-] down',
  'ctrl-] q',
  'escape d d 3 p u',
  'escape v e c x escape .',
  'a b escape v b',
  '/ w e b enter escape',
  'tab down enter',
].map(keys => keys.split(' ').map(key => (key === 'pause' ? PAUSE : keyBytes(key))))

/** What a terminal may send, in pieces: keys, text, pastes, the mouse, and what is none of them. */
export function anyInput(
  random: Random,
  { cols, rows }: ScreenSize,
  /** How likely it is what people do in several keys. */
  habit = 0.1,
): readonly string[] {
  return random.chance(habit) ? random.one(HABITS) : [onePiece(random, cols, rows)]
}

function onePiece(random: Random, cols: number, rows: number): string {
  const kind = random.fraction()
  if (kind < 0.5) return random.one(BOUND)
  if (kind < 0.62) return random.one(COMMANDS) + (random.chance(0.5) ? '\r' : '')
  if (kind < 0.72)
    return random.one(['漢', 'é', 'e\u0301', '👩‍👩‍👧‍👦', '(', '{', '}', ')', '"', '`', '\t', ' ', 'x', '7', '?', ':'])
  if (kind < 0.77) return `\x1b[200~${anyText(random)}\x1b[201~`
  if (kind < 0.92) return mouse(random, cols, rows)
  if (kind < 0.95) return random.one(['\x1b[I', '\x1b[O', '\x1b', '\x1b\x1b', '\x1b[', '\x1b[201~'])
  return random.many(1, 8, () => String.fromCharCode(random.whole(0, 0x2ff))).join('')
}

function mouse(random: Random, cols: number, rows: number): string {
  const at = `${random.whole(1, cols)};${random.whole(1, rows)}`
  const button = random.one([0, 0, 0, 1, 2, 4, 32, 35, 64, 65])
  const press = `\x1b[<${button};${at}M`
  return random.chance(0.7) ? `${press}\x1b[<${button & 3};${at}m` : press
}
