import type ts from 'typescript'
import { hostsOf, type SingleOperation, singleOperation } from './superseded.js'
import type { Unit } from './units.js'

/** Packages that a call still speaks of, where later ones spoke of others of them: none where all are. */
export function packagesLeft(compiler: typeof ts, units: readonly Unit[]): ReadonlyMap<Unit, readonly string[]> {
  const calls = units
    .flatMap(unit => singleOperation(compiler, unit))
    .filter(call => namesIn(compiler, call).length > 0)
  const left = new Map<Unit, readonly string[]>()
  for (const [index, call] of calls.entries()) {
    const hosts = hostsOf(call)
    const later = calls
      .slice(index + 1)
      .filter(other => other.operation === call.operation && hosts.every(host => hostsOf(other).includes(host)))
    const turned = later.filter(other => isThere(other) !== isThere(call))
    // an earlier call with other options may be what brought it there
    const isPlain = [...call.args.keys()].every(name => name === 'packages')
    const pinned = later
      .filter(other => isPlain && isThere(other))
      .flatMap(other => namesIn(compiler, other).filter(isPinned))
    const spokenOf = new Set([...turned.flatMap(other => namesIn(compiler, other)), ...pinned].map(plainName))
    const names = namesIn(compiler, call)
    const rest = names.filter(name => !spokenOf.has(plainName(name)))
    if (rest.length < names.length) left.set(call.unit, rest)
  }
  return left
}

/** The packages that a call names, where all of them are written in it. */
function namesIn(compiler: typeof ts, { operation, call }: SingleOperation): readonly string[] {
  const list = operation.endsWith('.packages') ? packagesOf(compiler, call) : undefined
  const names = list?.elements.flatMap(item => (compiler.isStringLiteralLike(item) ? [item.text] : [])) ?? []
  return names.length === list?.elements.length ? names : []
}

/** The list of a call's `packages`. */
export function packagesOf(compiler: typeof ts, call: ts.CallExpression): ts.ArrayLiteralExpression | undefined {
  const [args] = call.arguments
  if (!args || !compiler.isObjectLiteralExpression(args)) return undefined
  const property = args.properties.find(({ name }) => name?.getText() === 'packages')
  const list = property && compiler.isPropertyAssignment(property) ? property.initializer : undefined
  return list && compiler.isArrayLiteralExpression(list) ? list : undefined
}

function isThere({ args }: SingleOperation): boolean {
  return args.get('present') !== 'present : false'
}

/** Whether a version is named that a package is to have: `curl=7.88`. */
const isPinned = (name: string): boolean => name.includes('=')

/** Without the version: `curl=7.88` → `curl`. */
function plainName(name: string): string {
  return name.split('=')[0] ?? name
}
