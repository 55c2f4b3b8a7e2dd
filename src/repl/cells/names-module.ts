import type { Declaration } from './analyse.js'
import type { Names, Origin } from './names.js'

/**
 * Specifier of the module that exports every name of the session. What is being typed imports from it alone, so that its imports
 * stay the same from key to key: TypeScript then keeps its program and looks at the draft only.
 */
export const NAMES = './.names'

/** A value and a type that stand for all of the session: where they can be written, any name of it can. */
export const ANY_VALUE = 'muster$any\u02d0'
export const ANY_TYPE = 'muster$anyType\u02d0'

/** Name under which that module exports a type where a value of the same name comes from another cell. */
const typeAlias = (name: string): string => `${name}$type\u02d0`

/** The text of that module. */
export function namesModule({ values, types }: Names): string {
  const lines = [...values].map(([name, origin]) => exportLine(name, origin, name))
  for (const [name, origin] of types) {
    const value = values.get(name)
    if (value !== origin) lines.push(exportLine(name, origin, value ? typeAlias(name) : name))
  }
  return [...lines, `export declare const ${ANY_VALUE}: unknown;`, `export type ${ANY_TYPE} = unknown;`, ''].join('\n')
}

/** The same names as they are imported from that module. */
export function namesOfModule({ values, types }: Names): Names {
  const move = (origin: Origin, exported?: string): Origin => {
    const { importAs: _, ...declaration }: Declaration = origin.declaration
    return { ...origin, module: NAMES, declaration, ...(exported === undefined ? {} : { exported }) }
  }
  const movedValues = new Map([...values].map(([name, origin]) => [name, move(origin)] as const))
  const movedTypes = new Map(
    [...types].map(([name, origin]) => {
      const value = values.get(name)
      if (value === undefined) return [name, move(origin)] as const
      return [name, value === origin ? (movedValues.get(name) ?? origin) : move(origin, typeAlias(name))] as const
    }),
  )
  return { values: movedValues, types: movedTypes }
}

function exportLine(name: string, { module, declaration }: Origin, as: string): string {
  const { importAs, typeOnly } = declaration
  if (!importAs) return `export { ${name} as ${as} } from '${module}';`
  return `${importAs(as)} export ${typeOnly ? 'type ' : ''}{ ${as} };`
}
