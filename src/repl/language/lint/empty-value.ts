import type ts from 'typescript'
import { commandTemplate } from './command-template.js'
import { LINT_CODES, type LintContext, type Rule, typeArguments } from './rule.js'

/** A value put into a command that is nothing, or may be: the command would not be the one that stands there. */
export const emptyValue: Rule = (node, context) => {
  const { compiler, checker, file } = context
  if (!compiler.isTemplateSpan(node)) return undefined
  if (!commandTemplate(compiler, node.parent.parent)) return undefined
  const { expression } = node
  const text = expression.getText(file)
  const type = checker.getTypeAtLocation(expression)
  const found = { node: expression, code: LINT_CODES.emptyValue }
  const nothing = nullishOf(compiler, type)
  if (nothing !== undefined) {
    const end = expression.getEnd()
    const bare = compiler.isLeftHandSideExpression(expression)
    const start = bare ? end : expression.getStart(file)
    return {
      ...found,
      message: `${text} may be ${nothing}, and then nothing is sent: say what stands for it, or that it is there by ${bare ? `${text}!` : `(${text})!`}.`,
      fix: { title: 'say that it is there', start, end, text: bare ? '!' : `(${text})!` },
    }
  }
  if (!isEmpty(context, type)) return undefined
  // The `${` before it and the `}` behind it go as well.
  const start = expression.getFullStart() - 2
  return {
    ...found,
    message: `${text} is empty: it puts ${type.isStringLiteral() ? "'' " : 'nothing '}into the command.`,
    fix: { title: 'take it out', start, end: node.literal.getStart(file) + 1, text: '' },
  }
}

function nullishOf(compiler: typeof ts, type: ts.Type): string | undefined {
  const parts = type.isUnion() ? type.types : [type]
  const { Undefined, Null, Void } = compiler.TypeFlags
  if (parts.some(part => part.flags & (Undefined | Void))) return 'undefined'
  return parts.some(part => part.flags & Null) ? 'null' : undefined
}

/** The empty string, or a list of which is known that nothing is in it. */
function isEmpty(context: LintContext, type: ts.Type): boolean {
  const { checker } = context
  if (type.isStringLiteral()) return type.value === ''
  if (checker.isTupleType(type)) return typeArguments(context, type).length === 0
  if (!checker.isArrayType(type)) return false
  const [element] = typeArguments(context, type)
  return element !== undefined && checker.typeToString(element) === 'never'
}
