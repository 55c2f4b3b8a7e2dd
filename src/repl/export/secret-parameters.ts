import type ts from 'typescript'
import { REDACTED } from '../../engine/secret.js'
import type { Edit } from '../cells/position-map.js'
import type { Naming } from '../notebook/naming.js'
import type { Unit } from './units.js'

/** A secret that a deploy is given: as an argument, else from the environment. */
export interface SecretParameter {
  /** The name of the parameter. */
  readonly name: string
  /** The environment variable. */
  readonly variable: string
  /** The cell that the secret stood in, and which of the secrets in it, from 0. */
  readonly cell: number
  readonly occurrence: number
  /** A {@link Secret} rather than its text. */
  readonly isSecret: boolean
}

/** The secrets of a session, which its record does not hold, as parameters of the deploy. */
export class SecretParameters {
  readonly #compiler: typeof ts
  readonly #naming: Naming
  readonly #edits = new Map<Unit, readonly Edit[]>()
  /** Declarations that the parameters take the place of. */
  readonly replaced = new Set<Unit>()
  readonly all: SecretParameter[] = []

  constructor(compiler: typeof ts, kept: readonly Unit[], naming: Naming) {
    this.#compiler = compiler
    this.#naming = naming
    for (const unit of kept) {
      if (!nodeOf(unit).getText(unit.cell.file).includes(REDACTED)) continue
      const declared = this.#declared(unit)
      if (declared) this.replaced.add(unit)
      else this.#edits.set(unit, this.#editsIn(unit))
    }
  }

  /** Puts parameters in the place of what was taken out of a unit. */
  edits(unit: Unit): readonly Edit[] {
    return this.#edits.get(unit) ?? []
  }

  /** `password = secret.env('PASSWORD').reveal()`, one for each. @param secret the name that the library's `secret` has */
  declarations(secret: string): string[] {
    return this.all.map(
      ({ name, variable, isSecret }) => `${name} = ${secret}.env('${variable}')${isSecret ? '' : '.reveal()'}`,
    )
  }

  /** `const password = '‹redacted›'`, `const key = new Secret('‹redacted›')`: the name becomes that of the parameter. */
  #declared({ cell, statement, declaration, declares }: Unit): boolean {
    const [variable, ...more] = declares
    const value = declaration?.initializer
    if (!variable || more.length > 0 || !value || declaration?.type) return false
    const { isVariableStatement, isNewExpression, isStringLiteralLike, NodeFlags } = this.#compiler
    if (!isVariableStatement(statement) || !(statement.declarationList.flags & NodeFlags.Const)) return false
    const isSecret = isNewExpression(value) && value.expression.getText(cell.file) === 'Secret'
    const held = isSecret ? value.arguments?.[0] : value
    if (!held || !isStringLiteralLike(held) || held.text !== REDACTED) return false
    this.#add(this.#naming.of(variable), { cell, at: held.getStart(cell.file), isSecret })
    return true
  }

  #editsIn(unit: Unit): Edit[] {
    const { file } = unit.cell
    const edits: Edit[] = []
    const visit = (node: ts.Node): void => {
      const { isStringLiteralLike, isTemplateHead, isTemplateMiddle, isTemplateTail } = this.#compiler
      const isText = isStringLiteralLike(node) || isTemplateHead(node) || isTemplateMiddle(node) || isTemplateTail(node)
      if (isText && node.text.includes(REDACTED)) edits.push(...this.#textEdits(node, unit))
      this.#compiler.forEachChild(node, visit)
    }
    visit(nodeOf(unit))
    return file ? edits : []
  }

  /** A text that is a secret becomes the parameter, one that holds some a template. */
  #textEdits(node: ts.LiteralLikeNode, { cell }: Unit): Edit[] {
    const [start, end] = [node.getStart(cell.file), node.getEnd()]
    const raw = cell.text.slice(start, end)
    const places = [...raw.matchAll(new RegExp(REDACTED, 'g'))].map(({ index }) => start + index)
    const wish = (at: number): string =>
      wishFrom(cell.text.slice(start, at)) ?? wishFrom(cell.text.slice(0, start)) ?? 'secret'
    const named = places.map(at => ({
      at,
      name: this.#add(this.#naming.fresh(wish(at)), { cell, at, isSecret: false }),
    }))
    const [only] = named
    if (this.#compiler.isStringLiteralLike(node) && node.text === REDACTED && only)
      return [{ start, end, text: only.name }]
    const holes = named.map(({ at, name }) => ({ start: at, end: at + REDACTED.length, text: `\${${name}}` }))
    if (!this.#compiler.isStringLiteral(node)) return holes
    const inside = raw.slice(1, -1)
    const escapes = [...inside.matchAll(/`|\$(?=\{)/g)].map(({ index }) => start + 1 + index)
    return [
      { start, end: start + 1, text: '`' },
      ...escapes.map(at => ({ start: at, end: at, text: '\\' })),
      ...holes,
      { start: end - 1, end, text: '`' },
    ].sort((a, b) => a.start - b.start)
  }

  #add(
    name: string,
    { cell, at, isSecret }: { readonly cell: Unit['cell']; readonly at: number; readonly isSecret: boolean },
  ): string {
    const variable = name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_').toUpperCase()
    const occurrence = cell.text.slice(0, at).split(REDACTED).length - 1
    this.all.push({ name, variable, cell: cell.cell.id, occurrence, isSecret })
    return name
  }
}

/** What the source of a cell held where its record holds marks; none where that cannot be told. */
export function secretsIn(recorded: string, source: string): readonly string[] {
  const escaped = recorded.split(REDACTED).map(text => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${escaped.join('([\\s\\S]+?)')}$`).exec(source)?.slice(1) ?? []
}

function nodeOf({ declaration, statement }: Unit): ts.Node {
  return declaration ?? statement
}

/** The last word before a secret that it is given to: `dbPassword` of `{ dbPassword: '`, of `db_password = `, of `--db-password=`. */
function wishFrom(before: string): string | undefined {
  const [, word] = /([A-Za-z][\w-]*)["']?\s*[:=]\s*["'`]?$/.exec(before) ?? []
  const parts = word?.split(/[^A-Za-z\d]+/).filter(Boolean) ?? []
  const name = parts
    .map((part, at) => {
      const lower = part === part.toUpperCase() ? part.toLowerCase() : part
      return at === 0 ? `${lower[0]?.toLowerCase()}${lower.slice(1)}` : `${lower[0]?.toUpperCase()}${lower.slice(1)}`
    })
    .join('')
  return name === '' ? undefined : name
}
