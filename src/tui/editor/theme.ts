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
