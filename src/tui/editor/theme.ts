import type { EditorTheme } from './view.js'

/** No colours at all; brackets and errors are underlined, the selection is inverse: signs that need no colour. */
export const PLAIN_EDITOR: EditorTheme = {
  blank: '',
  comment: '',
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
  bracket: '4',
  error: '4',
  warning: '4',
}

/** The sixteen colours every terminal has, as its owner set them: readable on dark and light. */
export const COLOURED_EDITOR: EditorTheme = {
  ...PLAIN_EDITOR,
  comment: '2',
  keyword: '35',
  literal: '36',
  call: '34',
  number: '36',
  string: '32',
  template: '32',
  regex: '33',
  unknown: '31',
  bracket: '1;4',
  error: '31;4',
  warning: '33;4',
}
