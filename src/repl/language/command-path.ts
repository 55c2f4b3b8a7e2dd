import type ts from 'typescript'
import type { ArgumentPlace } from './argument-place.js'

/** A path as the last word before the cursor; one in quotes, or with signs that the shell reads, is nobody's to guess. */
const PATH = /(?:^|[\s=<>&|;(])(\/[\w@%+=:,./-]*)$/

/** What commands call the place of a path in them, beside the arguments of calls. */
export const COMMAND = '$'

/** The path that an offset of a module stands in, inside a command: ``$`cat /etc/▏` ``. */
export function commandPath(compiler: typeof ts, file: ts.SourceFile, position: number): ArgumentPlace | undefined {
  const text = templateTextAt(compiler, file, position)
  if (!text || !isCommand(compiler, text)) return undefined
  const begins = text.getStart(file) + 1
  // what stands behind `${…}` goes on from a value
  const written = compiler.isTemplateMiddleOrTemplateTail(text)
    ? `}${file.text.slice(begins, position)}`
    : file.text.slice(begins, position)
  const typed = PATH.exec(written)?.[1]
  return typed === undefined ? undefined : { call: COMMAND, key: 0, typed, start: position - typed.length, quote: '`' }
}

type TemplateText = ts.TemplateLiteralToken

function templateTextAt(compiler: typeof ts, file: ts.SourceFile, position: number): TemplateText | undefined {
  const find = (node: ts.Node): TemplateText | undefined => {
    if (position <= node.getStart(file) || position > node.end) return undefined
    return compiler.isTemplateLiteralToken(node) ? node : compiler.forEachChild(node, find)
  }
  const found = find(file)
  const closed = found && position === found.end && !found.isUnterminated
  return closed ? undefined : found
}

/** By its name alone: what it is costs time to find out, and a list of paths does no harm elsewhere. */
function isCommand(compiler: typeof ts, text: TemplateText): boolean {
  const tagged = compiler.findAncestor(text, compiler.isTaggedTemplateExpression)
  if (!tagged || tagged.template.pos > text.pos) return false
  const { tag } = tagged
  const name = compiler.isPropertyAccessExpression(tag) ? tag.name : tag
  return compiler.isIdentifier(name) && name.text === '$'
}
