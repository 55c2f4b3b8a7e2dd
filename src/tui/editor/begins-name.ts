import { lineStart } from './positions.js'
import { scanLine, type Token } from './scan.js'
import { type ScanState, START } from './scan-state.js'
import { SourceScanner } from './source.js'
import type { EditorState } from './state.js'

/** What was typed last, when it may be worth being looked at: most keys are not. */
const LIKELY = /(?:^|[^\w$])[a-zA-Z_$][\w$]$|[-.'"`/,!&^@: ]$/
const IN_TEXT = /[-@/.:\w$]$/
const NEXT_HOSTS = /[,!&^@]$/
/** Characters of a line beyond which nothing opens by itself: reading it anew at every key would take too long. */
const LONGEST = 4000

const scanner = new SourceScanner()

/**
 * Whether names are worth being shown at the cursor without being asked for: in code behind a dot and at the second letter of a
 * name; in a text that is an argument at its beginning, at the next folder of a path, also of one in a command, and, in a pattern of hosts, at the next
 * of them; in what is imported; behind a colon command.
 *
 * @example
 * beginsName(editorOf('`a ${fl')) // true
 * beginsName(editorOf("const a = 'fl")) // false
 */
export function beginsName(editor: EditorState): boolean {
  const { text, cursor } = editor
  if (!LIKELY.test(text.slice(Math.max(0, cursor - 3), cursor))) return false
  if (text.startsWith(':'))
    return /^:(?:\s*\S+ )?$/.test(text.slice(0, cursor)) || NEXT_HOSTS.test(text.slice(0, cursor))
  const place = placeOf(editor)
  switch (place?.kind) {
    case undefined:
      return false
    case 'code':
      return place.last.length === 2
        ? NAME.test(place.last) && !isDot(place.before)
        : isDot(place.last) && place.isMember
    case 'import':
      return /(?:^|[/:])$/.test(place.typed)
    case 'argument':
      return /(?:^|\/)$/.test(place.typed) || (place.isPattern && NEXT_HOSTS.test(place.typed))
  }
}

/** Whether what was typed last may be of a name that was begun before; in a text it may hold signs. */
export function continuesName(editor: EditorState): boolean {
  if (editor.text.startsWith(':')) return IN_TEXT.test(editor.text.slice(0, editor.cursor))
  const place = placeOf(editor)
  if (!place) return false
  return place.kind === 'code' ? NAME.test(place.last) : IN_TEXT.test(place.typed)
}

const NAME = /^[a-zA-Z_$][\w$]*$/
const isDot = (word: string | undefined): boolean => word === '.' || word === '?.'

/** Where the cursor is, as far as names may be written there. */
type NamePlace =
  /** `last` is the token that ends at the cursor, `before` the one before it; a dot that is of a member stands behind a value. */
  | { readonly kind: 'code'; readonly last: string; readonly before: string | undefined; readonly isMember: boolean }
  | { readonly kind: 'import'; readonly typed: string }
  | { readonly kind: 'argument'; readonly typed: string; readonly isPattern: boolean }

function placeOf({ text, cursor }: EditorState): NamePlace | undefined {
  const start = lineStart(text, cursor)
  if (cursor - start > LONGEST) return undefined
  const above = start === 0 ? [] : text.slice(0, start - 1).split('\n')
  const before = scanner.scan(above).at(-1)?.state ?? START
  const { tokens, state, cutOff } = scanLine(text.slice(start, cursor), before)
  const last = tokens.at(-1)
  if (!last || last.kind === 'comment' || last.kind === 'regex') return undefined
  const said = tokens.filter(({ kind }) => kind !== 'blank' && kind !== 'comment')
  const words = said.map(token => text.slice(start + token.start, start + token.end))
  if (cutOff || state.inside !== undefined) return inText(words.slice(0, -1), (words.at(-1) ?? '').slice(1), before)
  if (state.open.at(-1)?.text === '`') return inTemplate(words, said.at(-1))
  const left = words.at(-2) ?? before.last?.text
  return { kind: 'code', last: text.slice(start + last.start, cursor), before: left, isMember: left !== undefined }
}

/** @param left what stands before the text on its line */
function inText(left: readonly string[], typed: string, before: ScanState): NamePlace | undefined {
  const opener = left.at(-1) ?? before.last?.text ?? ''
  if (/^(?:from|import)$/.test(opener) || (opener === '(' && left.at(-2) === 'import')) return { kind: 'import', typed }
  if (!/^[([,:]$/.test(opener)) return undefined
  return { kind: 'argument', typed, isPattern: opener === '(' && left.at(-2) === 'match' }
}

/** A path that a command names, as its last word. */
const PATH_WORD = /(?:^|[\s=<>])(\/[\w@%+=:,./-]*)$/

/** A template that is an argument as a whole is a text like others, as far as nothing is put into it. */
function inTemplate(words: readonly string[], last: Token | undefined): NamePlace | undefined {
  const begins = last?.depth !== undefined
  const left = begins ? words : words.slice(0, -1)
  const path = !begins && left.at(-2) === '$' ? PATH_WORD.exec(words.at(-1) ?? '')?.[1] : undefined
  if (path !== undefined) return { kind: 'argument', typed: path, isPattern: false }
  return left.at(-1) === '`' ? inText(left.slice(0, -1), begins ? '' : (words.at(-1) ?? ''), START) : undefined
}
