import type { EditorTheme } from '../editor/view.js'

/** A way to draw text: its SGR sequence before, one that takes back only that after, so that styles nest. */
export type Paint = (text: string) => string

/** What text is for, not how it looks. Every role that only a colour tells apart is also told by a sign or a word beside it. */
export interface Theme {
  /** The same for the editor, as SGR parameters. */
  readonly editor: EditorTheme
  readonly strong: Paint
  readonly faint: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly warning: Paint
  readonly accent: Paint
  readonly added: Paint
  readonly removed: Paint
  readonly hunk: Paint
  readonly keyword: Paint
  readonly string: Paint
  readonly number: Paint
  readonly name: Paint
  /** The row or tab under the cursor of the pane that has the keys. */
  readonly selected: Paint
  readonly underlined: Paint
}

const sgr =
  (open: number, close: number): Paint =>
  text =>
    text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`

const plain: Paint = text => text
const strong = sgr(1, 22)
const faint = sgr(2, 22)
const underlined = sgr(4, 24)
const selected = sgr(7, 27)
const red = sgr(31, 39)
const green = sgr(32, 39)
const yellow = sgr(33, 39)
const blue = sgr(34, 39)
const magenta = sgr(35, 39)
const cyan = sgr(36, 39)

const NO_TOKENS = {
  blank: '',
  comment: '2',
  keyword: '',
  literal: '',
  identifier: '',
  property: '',
  call: '',
  number: '',
  string: '',
  template: '',
  regex: '',
  operator: '',
  open: '',
  close: '',
  unknown: '',
  selection: '7',
  bracket: '1;4',
  error: '4',
  warning: '4',
} as const satisfies EditorTheme

const COLOURED: Theme = {
  editor: {
    ...NO_TOKENS,
    keyword: '35',
    literal: '33',
    number: '33',
    call: '34',
    string: '32',
    template: '32',
    regex: '32',
    error: '4;31',
    warning: '4;33',
  },
  strong,
  faint,
  underlined,
  selected,
  good: green,
  bad: red,
  warning: yellow,
  accent: cyan,
  added: green,
  removed: red,
  hunk: cyan,
  keyword: magenta,
  string: green,
  number: yellow,
  name: blue,
}

const COLOURLESS: Theme = {
  editor: NO_TOKENS,
  strong,
  faint,
  underlined,
  selected,
  good: plain,
  bad: strong,
  warning: strong,
  accent: strong,
  added: strong,
  removed: plain,
  hunk: faint,
  keyword: plain,
  string: plain,
  number: plain,
  name: plain,
}

/** The sixteen colours of the person's own terminal palette, or none (https://no-color.org). */
export function themeFor(colour: boolean): Theme {
  return colour ? COLOURED : COLOURLESS
}
