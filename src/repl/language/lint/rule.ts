import type ts from 'typescript'
import type { Universe } from '../../../engine/nodeset/pattern.js'

/** What a rule sees of a cell: the module it was made into, with types. */
export interface LintContext {
  readonly compiler: typeof ts
  readonly checker: ts.TypeChecker
  readonly file: ts.SourceFile
  /** Hosts and groups of the inventory; left out while it is not known. */
  readonly universe?: Universe
}

/** What a rule found, at a node of the module. */
export interface Finding {
  readonly node: ts.Node
  readonly message: string
  readonly code: LintCode
  readonly fix?: NodeFix
}

/** One edit that puts a finding right; offsets are the module's. */
export interface NodeFix {
  /** What it does, as a person would say it: `await it`. */
  readonly title: string
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A rule looks at one node at a time. */
export type Rule = (node: ts.Node, context: LintContext) => Finding | undefined

/** Numbers of muster's own findings, beyond those TypeScript uses. */
export const LINT_CODES = {
  notAwaited: 90001,
  alwaysTrue: 90002,
  unknownPattern: 90003,
  emptyValue: 90004,
  removesTooMuch: 90005,
  bareCommand: 90006,
} as const

export type LintCode = (typeof LINT_CODES)[keyof typeof LINT_CODES]

/** The arguments of a generic type: of `Results<T>`, `T`. */
export function typeArguments({ compiler, checker }: LintContext, type: ts.Type): readonly ts.Type[] {
  return isReference(compiler, type) ? checker.getTypeArguments(type) : []
}

function isReference(compiler: typeof ts, type: ts.Type): type is ts.TypeReference {
  if (!('objectFlags' in type) || typeof type.objectFlags !== 'number') return false
  return (type.objectFlags & compiler.ObjectFlags.Reference) !== 0
}

/** The names of the classes a type is made of: `Fleet` is a class and what is bound to it. */
export function classNames(type: ts.Type): string[] {
  const parts = type.isIntersection() ? type.types : [type]
  return parts.flatMap(part => (part.symbol ? [part.symbol.name] : []))
}
