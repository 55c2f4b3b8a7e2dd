import type ts from 'typescript'
import { commandTemplate, writtenPieces } from './command-template.js'
import { type Finding, LINT_CODES, type Rule } from './rule.js'
import { isScript } from './script-text.js'
import { unguardedRemoval } from './unguarded-removal.js'

/** `rm -r` of a path that begins with a shell variable: where it is empty, that is another path, at worst `/`. */
export const removesTooMuch: Rule = (node, { compiler, file }) => {
  const command = commandTemplate(compiler, node)
  if (command) return unguarded(command.template, writtenPieces(compiler, command, file), true)
  if (!isScript(compiler, node)) return undefined
  const start = node.getStart(file) + 1
  const isTemplate = compiler.isNoSubstitutionTemplateLiteral(node)
  const text = file.text.slice(start, node.getEnd() - 1)
  // escapes as the shell sees them, in as many characters: the end of a command, a quote
  const seen = text.replaceAll('\\n', '; ').replace(/\\(["'])/g, ' $1')
  return unguarded(node, [{ text: seen, start }], isTemplate)
}

/** @param isTemplate whether the text is a template literal, where `${` would begin a value of TypeScript's */
function unguarded(
  node: ts.Node,
  pieces: readonly { readonly text: string; readonly start: number }[],
  isTemplate: boolean,
): Finding | undefined {
  // What is interpolated is quoted, and is one word or part of one.
  const found = unguardedRemoval(pieces.map(({ text }) => text).join('\u0000'))
  if (!found) return undefined
  const { name, start, end } = found
  const place = offsetIn(pieces, start)
  const guarded = `${isTemplate ? '\\' : ''}\${${name}:?}`
  return {
    node,
    code: LINT_CODES.removesTooMuch,
    message: `rm -r of a path that begins with $${name}: where ${name} is empty it removes something else. Write ${guarded}, which stops the command instead.`,
    fix: { title: `write ${guarded}`, start: place, end: place + (end - start), text: guarded },
  }
}

function offsetIn(pieces: readonly { readonly text: string; readonly start: number }[], at: number): number {
  let left = at
  for (const { text, start } of pieces) {
    if (left <= text.length) return start + left
    left -= text.length + 1
  }
  throw new RangeError(`offset ${at} is outside of the template`)
}
