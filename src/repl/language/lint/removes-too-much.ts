import { commandTemplate, writtenPieces } from './command-template.js'
import { LINT_CODES, type Rule } from './rule.js'
import { unguardedRemoval } from './unguarded-removal.js'

/** `rm -r` of a path that begins with a shell variable: where it is empty, that is another path, at worst `/`. */
export const removesTooMuch: Rule = (node, { compiler, file }) => {
  const command = commandTemplate(compiler, node)
  if (!command) return undefined
  const pieces = writtenPieces(compiler, command, file)
  // What is interpolated is quoted, and is one word or part of one.
  const found = unguardedRemoval(pieces.map(({ text }) => text).join('\u0000'))
  if (!found) return undefined
  const { name, start, end } = found
  const place = offsetIn(pieces, start)
  // As it stands in a template literal, where `${` would begin a value of TypeScript's.
  const guarded = `\\\${${name}:?}`
  return {
    node: command.template,
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
