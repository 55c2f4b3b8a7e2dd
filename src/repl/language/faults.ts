import type { Universe } from '../../engine/nodeset/pattern.js'
import type { Fault } from '../cells/analyse.js'
import { type Draft, parsed } from './draft.js'
import type { SessionFiles } from './files.js'
import { importedFaults } from './imported-faults.js'
import { lint } from './lint/lint.js'
import { meantArgument } from './meant-argument.js'
import { meantLiteral } from './meant-literal.js'

/** What the type checker says that does not matter at a prompt: names not used (yet), labels not used. */
const IGNORED = new Set([6133, 6138, 6192, 6196, 6198, 6199, 7028])

/** TypeScript's words for assigning what is imported; it is said in terms of cells instead. */
const CANNOT_ASSIGN_IMPORT = 2632

/** Whether what TypeScript calls by this number matters at a prompt. */
export const counts = (code: number): boolean => !IGNORED.has(code)

export interface FaultsContext {
  readonly files: SessionFiles
  readonly cwd: string
  /** Hosts and groups, as far as they are known. */
  readonly universe: Universe | undefined
}

/** Type errors of a draft that could be parsed, what muster knows of such code, and errors of the person's files that it imports. */
export function faultsOf(draft: Draft, { files, cwd, universe }: FaultsContext): readonly Fault[] {
  const { compiler, service, source, file, virtual } = draft
  const found = service.getSemanticDiagnostics(file).flatMap(({ start, length, messageText, code }) => {
    if (start === undefined || start < virtual.head || !counts(code)) return []
    const from = virtual.toOriginal(start)
    if (code === CANNOT_ASSIGN_IMPORT && virtual.faults.some(fault => fault.start === from)) return []
    const end = virtual.toOriginal(start + (length ?? 0))
    const message = compiler.flattenDiagnosticMessageText(messageText, '\n')
    return [{ start: from, end, message, code, ...meant(draft, { start, code, message }) }]
  })
  const imported = importedFaults(source, { compiler, service, files, draft: file, cwd, counts })
  return [...virtual.faults, ...found, ...linted(draft, universe), ...imported].sort((a, b) => a.start - b.start)
}

/** What was meant, where that can be told: in better words, with the fix. */
function meant(draft: Draft, found: Parameters<typeof meantLiteral>[3]): Partial<Fault> {
  const { compiler, virtual } = draft
  const known = parsed(draft)
  if (!known) return {}
  const checker = known.program.getTypeChecker()
  const what = meantArgument(compiler, checker, known.tree, found) ?? meantLiteral(compiler, checker, known.tree, found)
  if (!what) return {}
  const { message, fix } = what
  if (!fix) return { message }
  const span = { start: virtual.toOriginal(fix.start), end: virtual.toOriginal(fix.end) }
  return { message, fix: { title: fix.title, text: fix.text, ...span } }
}

function linted(draft: Draft, universe: Universe | undefined): Fault[] {
  const { compiler, virtual } = draft
  const known = parsed(draft)
  if (!known) return []
  const context = { compiler, checker: known.program.getTypeChecker(), file: known.tree, ...(universe && { universe }) }
  const span = (start: number, end: number) => ({ start: virtual.toOriginal(start), end: virtual.toOriginal(end) })
  return lint(context).flatMap(({ node, message, code, fix }) => {
    const start = node.getStart(known.tree)
    if (start < virtual.head) return []
    const mended = fix && { fix: { title: fix.title, text: fix.text, ...span(fix.start, fix.end) } }
    return [{ ...span(start, node.getEnd()), message, code, ...mended }]
  })
}
