import type { OfferedCall } from './offered-call.js'
import { readOptions } from './options.js'
import { literal, type Piece, type Redirection, type SimpleCommand, type Word } from './parse-line.js'

/** `echo … >> file`, `printf 'a\n' > file`: one line added, or a whole file written. */
export function echoCall({ words, redirections }: SimpleCommand): OfferedCall | undefined {
  const [to, ...more] = redirections
  const written = writtenText(words)
  if (to?.from !== 1 || more.length > 0 || !written) return undefined
  return textCall(written, to)
}

/** `echo … | tee -a file` */
export function teeCall(source: SimpleCommand, args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['a', 'append'] })
  const [to, ...more] = read?.rest ?? []
  const written = writtenText(source.words)
  if (!read || !to || more.length > 0 || !written || source.redirections.length > 0) return undefined
  return textCall(written, { from: 1, append: read.flags.size > 0, to })
}

/** What a command writes, as one text; `undefined` for those that do not only write. */
export function writtenText(words: readonly Word[]): Word | undefined {
  const [program, ...args] = words
  switch (program && literal(program)) {
    case 'echo':
      return echoed(args)
    case 'printf':
      return printed(args)
    default:
      return undefined
  }
}

/** echo(1): what a backslash or an option means differs among shells, so none may be there. */
function echoed(args: readonly Word[]): Word | undefined {
  const pieces = args.flatMap((word, at): Piece[] => [...(at > 0 ? [' '] : []), ...word])
  const hasDoubt = pieces.some(piece => typeof piece === 'string' && piece.includes('\\'))
  if (hasDoubt || /^-[neE]/.test(String(pieces[0] ?? ''))) return undefined
  return joined([...pieces, '\n'])
}

/** printf(1): a text without arguments, or one `%s` with its argument. */
function printed([format, ...args]: readonly Word[]): Word | undefined {
  const text = format && literal(format)
  if (text === undefined || /\\(?![n\\t])/.test(text) || /%(?!s)/.test(text)) return undefined
  const unescaped = (part: string): string =>
    part.replace(/\\([n\\t])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? '\\')
  const parts = text.split('%s').map(unescaped)
  if (parts.length === 1) return args.length === 0 ? [unescaped(text)] : undefined
  if (parts.length !== 2) return undefined
  // the format is used again for every further argument
  return joined(args.flatMap((word): Piece[] => [parts[0] ?? '', ...word, parts[1] ?? '']))
}

function joined(pieces: readonly Piece[]): Word {
  return pieces.reduce<Piece[]>((word, piece) => {
    const last = word.at(-1)
    if (typeof last === 'string' && typeof piece === 'string') word[word.length - 1] = last + piece
    else word.push(piece)
    return word
  }, [])
}

function textCall(written: Word, { append, to }: Redirection): OfferedCall | undefined {
  if (typeof to[0] !== 'string' || !to[0].startsWith('/') || to[0].startsWith('/dev/')) return undefined
  if (!append) return { operation: 'files.put', args: { dest: { word: to }, content: { word: written } } }
  const line = lineOf(written)
  return line && { operation: 'files.line', args: { path: { word: to }, line: { word: line } } }
}

/** A text that is one line, without its end. */
export function lineOf(written: Word): Word | undefined {
  const last = written.at(-1)
  if (typeof last !== 'string' || !last.endsWith('\n')) return undefined
  const line = [...written.slice(0, -1), last.slice(0, -1)].filter(piece => piece !== '')
  return line.length > 0 && !line.some(piece => typeof piece === 'string' && /[\r\n]/.test(piece)) ? line : undefined
}
