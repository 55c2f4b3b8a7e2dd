import { UsageError } from '../../../engine/errors.js'
import { selectHosts, UnknownNameError } from '../../../engine/nodeset/pattern.js'
import { classNames, LINT_CODES, type Rule } from './rule.js'

/** A host pattern written out in `match('…')` that names a host or a group the inventory does not have, or is none. */
export const unknownPattern: Rule = (node, { compiler, checker, file, universe }) => {
  if (!universe || !compiler.isCallExpression(node)) return undefined
  const { expression, arguments: given } = node
  const name = compiler.isPropertyAccessExpression(expression) ? expression.name : expression
  const [pattern] = given
  if (!compiler.isIdentifier(name) || name.text !== 'match') return undefined
  if (!pattern || !compiler.isStringLiteralLike(pattern)) return undefined
  if (!classNames(checker.getTypeAtLocation(node)).includes('FleetCore')) return undefined
  try {
    selectHosts(pattern.text, universe)
    return undefined
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const finding = { node: pattern, code: LINT_CODES.unknownPattern, message: error.message }
    if (!(error instanceof UnknownNameError) || error.near === undefined) return finding
    const at = pattern.getText(file).indexOf(error.wrong)
    if (at < 0) return finding
    const start = pattern.getStart(file) + at
    return {
      ...finding,
      fix: { title: `write ${error.near}`, start, end: start + error.wrong.length, text: error.near },
    }
  }
}
