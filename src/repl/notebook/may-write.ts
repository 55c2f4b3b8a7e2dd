import type ts from 'typescript'
import { recognise } from '../export/shell/recognise.js'
import { bare } from './promise-value.js'

/** Calls by these names act on hosts, whatever they are called on. */
const WRITING_METHODS: ReadonlySet<string> = new Set([
  ...['script', 'upload', 'write', 'shell', 'run', 'undo', 'reboot', 'forward'],
])

/**
 * Whether a cell may change hosts: it calls an operation, runs a command that is not known to read alone, or hands a fleet to a function of
 * somebody's own. In doubt it may.
 *
 * @param domains names of operation domains: `files`, `apt`
 */
export function mayWrite(compiler: typeof ts, source: string, domains: ReadonlySet<string>): boolean {
  const file = compiler.createSourceFile('cell.ts', source, compiler.ScriptTarget.Latest, true)
  const visit = (node: ts.Node): boolean => isWriting(compiler, node, domains) || someChild(compiler, node, visit)
  return visit(file)
}

function someChild(compiler: typeof ts, node: ts.Node, is: (node: ts.Node) => boolean): boolean {
  return compiler.forEachChild(node, child => is(child) || undefined) ?? false
}

function isWriting(compiler: typeof ts, node: ts.Node, domains: ReadonlySet<string>): boolean {
  if (compiler.isTaggedTemplateExpression(node)) return isCommand(compiler, node) && !reads(compiler, node)
  if (!compiler.isCallExpression(node)) return false
  const callee = bare(compiler, node.expression)
  if (!compiler.isPropertyAccessExpression(callee))
    return node.arguments.some(each => compiler.isIdentifier(each) && /^(?:fleet|focus|sel|hosts?)$/.test(each.text))
  return WRITING_METHODS.has(callee.name.text) || isOperation(compiler, callee, domains)
}

/** `files.line(…)`, `group('web').files.line(…)`; not `facts.files.line(…)`. */
function isOperation(compiler: typeof ts, callee: ts.PropertyAccessExpression, domains: ReadonlySet<string>): boolean {
  const domain = bare(compiler, callee.expression)
  if (compiler.isIdentifier(domain)) return domains.has(domain.text)
  if (!compiler.isPropertyAccessExpression(domain) || !domains.has(domain.name.text)) return false
  const owner = bare(compiler, domain.expression)
  const name = compiler.isPropertyAccessExpression(owner) ? owner.name : owner
  return !(compiler.isIdentifier(name) && name.text === 'facts')
}

function isCommand(compiler: typeof ts, { tag }: ts.TaggedTemplateExpression): boolean {
  const name = compiler.isPropertyAccessExpression(tag) ? tag.name : tag
  return compiler.isIdentifier(name) && name.text === '$'
}

function reads(compiler: typeof ts, { template }: ts.TaggedTemplateExpression): boolean {
  return compiler.isNoSubstitutionTemplateLiteral(template) && recognise([template.text]).kind === 'reads'
}
