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
  (open: number | string, close: number | string): Paint =>
  text =>
    text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`

const plain: Paint = text => text
const strong = sgr(1, 22)
const underlined = sgr(4, 24)
const selected = sgr(7, 27)

/** Foreground colours as SGR parameters; `faint` may be the attribute of that name. */
interface Colours {
  readonly red: string
  readonly green: string
  readonly yellow: string
  readonly blue: string
  readonly magenta: string
  readonly cyan: string
  readonly faint: string
}

/** The sixteen colours of the person's own palette. */
const TERMINAL: Colours = { red: '31', green: '32', yellow: '33', blue: '34', magenta: '35', cyan: '36', faint: '2' }

/** Of the 256, for dark grounds: a contrast of at least 5:1. */
const DARK: Colours = {
  red: '38;5;210',
  green: '38;5;114',
  yellow: '38;5;221',
  blue: '38;5;111',
  magenta: '38;5;176',
  cyan: '38;5;80',
  faint: '38;5;247',
}

/** The same for light ones. */
const LIGHT: Colours = {
  red: '38;5;124',
  green: '38;5;22',
  yellow: '38;5;58',
  blue: '38;5;19',
  magenta: '38;5;90',
  cyan: '38;5;24',
  faint: '38;5;241',
}

/** Bold, on black whatever the ground is, at least 7:1, and nothing faint: for tired eyes and bad screens. */
const CONTRAST: Colours = {
  red: '1;38;5;217;48;5;16',
  green: '1;38;5;157;48;5;16',
  yellow: '1;38;5;228;48;5;16',
  blue: '1;38;5;123;48;5;16',
  magenta: '1;38;5;219;48;5;16',
  cyan: '1;38;5;123;48;5;16',
  faint: '39',
}

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

function coloured({ red, green, yellow, blue, magenta, cyan, faint }: Colours): Theme {
  // a bold colour gives back all that it took
  const paint = (colour: string) => (colour.startsWith('1;') ? boldOnGround(colour) : sgr(colour, 39))
  return {
    editor: {
      ...NO_TOKENS,
      comment: faint,
      keyword: magenta,
      literal: yellow,
      number: yellow,
      call: blue,
      string: green,
      template: green,
      regex: green,
      error: `4;${red}`,
      warning: `4;${yellow}`,
    },
    strong,
    faint: faint === '2' ? sgr(2, 22) : paint(faint),
    underlined,
    selected,
    good: paint(green),
    bad: paint(red),
    warning: paint(yellow),
    accent: paint(cyan),
    added: paint(green),
    removed: paint(red),
    hunk: paint(cyan),
    keyword: paint(magenta),
    string: paint(green),
    number: paint(yellow),
    name: paint(blue),
  }
}

const boldOnGround = (colour: string): Paint => {
  const paint = sgr(colour.slice(2), '39;49')
  return text => (text === '' ? '' : strong(paint(text)))
}

const COLOURLESS: Theme = {
  editor: NO_TOKENS,
  strong,
  faint: sgr(2, 22),
  underlined,
  selected,
  good: plain,
  bad: strong,
  warning: strong,
  accent: strong,
  added: strong,
  removed: plain,
  hunk: sgr(2, 22),
  keyword: plain,
  string: plain,
  number: plain,
  name: plain,
}

const THEMES: Readonly<Record<string, Theme>> = {
  terminal: coloured(TERMINAL),
  dark: coloured(DARK),
  light: coloured(LIGHT),
  contrast: coloured(CONTRAST),
}

/**
 * The theme of a name, or none of its colours (https://no-color.org): then weight alone, and the signs.
 *
 * @param name as `:set theme` takes it; another one is the terminal's own colours
 */
export function themeFor(colour: boolean, name = 'terminal'): Theme {
  return colour ? (THEMES[name] ?? coloured(TERMINAL)) : COLOURLESS
}
