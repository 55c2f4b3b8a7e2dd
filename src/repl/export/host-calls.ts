import type ts from 'typescript'
import { bare, calledName } from '../notebook/promise-value.js'
import { templateStrings } from './shell/offer.js'
import { recognise } from './shell/recognise.js'

/** What a call does to hosts, as far as its text tells. */
export type HostCall =
  | { readonly kind: 'operation'; readonly operation: string; readonly call: ts.CallExpression }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'undo' }
  /** A call of something that is not muster's: what it does is known from the record alone. */
  | { readonly kind: 'unknown' }
  /** Only computes. */
  | { readonly kind: 'none' }

const READS: ReadonlySet<string> = new Set(['fact', 'read', 'readBytes', 'download', 'connect'])
const WRITES: ReadonlySet<string> = new Set(['script', 'write', 'upload'])

/** Methods that only select, fold and compute: of fleets, results, lists, texts. */
const LOOKING = new Set([
  ...[
    'group',
    'match',
    'host',
    'where',
    'or',
    'and',
    'minus',
    'first',
    'sample',
    'with',
    'outliers',
    'groups',
    'get',
    'table',
  ],
  ...[
    'map',
    'filter',
    'find',
    'some',
    'every',
    'reduce',
    'flatMap',
    'flat',
    'join',
    'slice',
    'concat',
    'includes',
    'indexOf',
  ],
  ...[
    'keys',
    'values',
    'entries',
    'has',
    'at',
    'split',
    'trim',
    'replace',
    'replaceAll',
    'match',
    'toString',
    'toFixed',
  ],
  ...['startsWith', 'endsWith', 'padStart', 'padEnd', 'toLowerCase', 'toUpperCase', 'toSorted', 'toReversed', 'toJSON'],
])

/** Functions of the prompt that ask no host. */
const SELECTING: ReadonlySet<string> = new Set(['group', 'match', 'host', 'raw'])

/** Functions of the language that only compute, and objects whose methods do. */
const COMPUTING: ReadonlySet<string> = new Set(['Number', 'String', 'Boolean', 'BigInt', 'parseInt', 'parseFloat'])
const COMPUTERS: ReadonlySet<string> = new Set(['Math', 'JSON', 'Array', 'Number', 'String', 'Date'])

/** What names mean where a call stands. */
export interface Surroundings {
  /** Operation domains: `apt`, `files` … */
  readonly domains: ReadonlySet<string>
  /** Whether a name is the prompt's own there, not one that the person declared. */
  isPrompt(name: ts.Identifier): boolean
}

/** Classifies a call or a tagged template. */
export function hostCall(
  compiler: typeof ts,
  node: ts.CallExpression | ts.TaggedTemplateExpression,
  around: Surroundings,
): HostCall {
  if (compiler.isTaggedTemplateExpression(node)) return template(compiler, node, around)
  const name = calledName(compiler, node)
  const callee = bare(compiler, node.expression)
  const isSelecting = compiler.isIdentifier(callee) && around.isPrompt(callee) && SELECTING.has(callee.text)
  if (isSelecting) return { kind: 'none' }
  if (compiler.isIdentifier(callee) && COMPUTING.has(callee.text)) return { kind: 'none' }
  if (!compiler.isPropertyAccessExpression(callee)) return { kind: 'unknown' }
  const target = bare(compiler, callee.expression)
  if (compiler.isIdentifier(target) && COMPUTERS.has(target.text)) return { kind: 'none' }
  if (isFacts(compiler, target, around)) return { kind: 'read' }
  if (isFactsMember(compiler, target, around)) return { kind: 'read' }
  const domain = memberName(compiler, target, around)
  if (domain !== undefined && around.domains.has(domain))
    return { kind: 'operation', operation: `${domain}.${name}`, call: node }
  if (name === 'undo' && node.arguments.length === 0) return { kind: 'undo' }
  if (name !== undefined && READS.has(name)) return { kind: 'read' }
  if (name !== undefined && WRITES.has(name))
    return isReadOnly(compiler, node) ? { kind: 'read' } : { kind: 'command', text: node.getText() }
  return name !== undefined && LOOKING.has(name) ? { kind: 'none' } : { kind: 'unknown' }
}

function template(compiler: typeof ts, node: ts.TaggedTemplateExpression, around: Surroundings): HostCall {
  const tag = bare(compiler, node.tag)
  if (memberName(compiler, tag, around) !== '$') return { kind: 'unknown' }
  const looks = isReadOnly(compiler, tag) || recognise(templateStrings(compiler, node.template)).kind === 'reads'
  return looks ? { kind: 'read' } : { kind: 'command', text: node.getText() }
}

/** `apt` of `apt` and of `web.apt`. */
function memberName(compiler: typeof ts, node: ts.Expression, { isPrompt }: Surroundings): string | undefined {
  if (compiler.isIdentifier(node)) return isPrompt(node) ? node.text : undefined
  return compiler.isPropertyAccessExpression(node) ? node.name.text : undefined
}

/** `facts` or `web.facts`. */
function isFacts(compiler: typeof ts, node: ts.Expression, around: Surroundings): boolean {
  return memberName(compiler, node, around) === 'facts'
}

/** `facts.server` or `web.facts.server`. */
function isFactsMember(compiler: typeof ts, node: ts.Expression, around: Surroundings): boolean {
  return compiler.isPropertyAccessExpression(node) && isFacts(compiler, bare(compiler, node.expression), around)
}

/** Whether a chain of calls says `{ readOnly: true }` somewhere. */
function isReadOnly(compiler: typeof ts, node: ts.Expression): boolean {
  let link: ts.Expression | undefined = node
  while (link) {
    if (compiler.isCallExpression(link)) {
      if (link.arguments.some(argument => saysReadOnly(compiler, argument))) return true
      link = link.expression
    } else link = compiler.isPropertyAccessExpression(link) ? link.expression : undefined
  }
  return false
}

function saysReadOnly(compiler: typeof ts, node: ts.Expression): boolean {
  return (
    compiler.isObjectLiteralExpression(node) &&
    node.properties.some(
      property =>
        compiler.isPropertyAssignment(property) &&
        property.name.getText() === 'readOnly' &&
        property.initializer.kind === compiler.SyntaxKind.TrueKeyword,
    )
  )
}
