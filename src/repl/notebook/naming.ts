import type ts from 'typescript'
import type { Edit } from '../cells/position-map.js'
import { type LinkedCell, type Variable, variableKey } from './linked-cells.js'

/** The names that variables get when cells are written one after the other into one scope. */
export interface Naming {
  of(variable: Variable): string
  /** A name that nothing else has, such as `conf` or `conf2`. */
  fresh(wish: string): string
}

/**
 * Gives every variable a name of its own: the first of a name keeps it, later ones are numbered.
 *
 * @param variables those that are written, in order
 * @param reserved names that mean something else wherever they stand
 * @param present all names that occur anywhere: a new one must not be among them
 */
export function nameVariables(
  variables: readonly Variable[],
  reserved: ReadonlySet<string>,
  present: ReadonlySet<string>,
): Naming {
  const given = new Map<string, string>()
  const taken = new Set(reserved)
  const all = new Set([...present, ...reserved])
  const fresh = (wish: string): string => {
    let name = wish
    for (let number = 2; all.has(name); number += 1) name = `${wish}${number}`
    all.add(name)
    return name
  }
  for (const variable of variables) {
    if (given.has(variableKey(variable))) continue
    given.set(variableKey(variable), taken.has(variable.name) ? fresh(variable.name) : variable.name)
    taken.add(variable.name)
  }
  return { of: variable => given.get(variableKey(variable)) ?? variable.name, fresh }
}

/** Every identifier in a file, of any scope, that is or may be a name of something: not those of properties. */
export function identifiersIn(compiler: typeof ts, file: ts.SourceFile): Set<string> {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (compiler.isIdentifier(node) && !namesProperty(compiler, node)) found.add(node.text)
    compiler.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function namesProperty(compiler: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node
  const isMember =
    compiler.isPropertyAccessExpression(parent) ||
    compiler.isPropertyAssignment(parent) ||
    compiler.isPropertySignature(parent)
  return isMember && parent.name === node
}

/** The edits that give a cell's own names and those it uses from earlier cells their new names. */
export function namingEdits({ cell, uses, bindings }: LinkedCell, naming: Naming): Edit[] {
  const declared = bindings.flatMap(({ name, start, end, form }): Edit[] => {
    const text = naming.of({ name, cell: cell.id })
    if (text === name) return []
    const written = { plain: text, pattern: `${name}: ${text}`, import: `${name} as ${text}` }
    return [{ start, end, text: written[form] }]
  })
  const used = uses.flatMap(({ reference: { name, start, end, shorthand }, meaning }): Edit[] => {
    if (meaning.kind !== 'variable') return []
    const text = naming.of(meaning.variable)
    return text === name ? [] : [{ start, end, text: shorthand ? `${name}: ${text}` : text }]
  })
  return [...declared, ...used]
}
