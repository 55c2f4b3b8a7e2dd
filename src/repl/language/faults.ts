import type { Universe } from '../../engine/nodeset/pattern.js'
import type { Fault } from '../cells/analyse.js'
import type { VirtualModule } from '../cells/rewrite.js'
import { type Draft, parsed } from './draft.js'
import type { SessionFiles } from './files.js'
import { importedFaults } from './imported-faults.js'
import { lint } from './lint/lint.js'
import { LINT_CODES } from './lint/rule.js'
import { meantArgument } from './meant-argument.js'
import { type MeantCommand, meantCommand } from './meant-command.js'
import { meantHosts } from './meant-hosts.js'
import { meantLiteral } from './meant-literal.js'
import { meantMember } from './meant-member.js'

/** What the type checker says that does not matter at a prompt: names not used (yet), labels not used. */
const IGNORED = new Set([6133, 6138, 6192, 6196, 6198, 6199, 7028])

/** TypeScript's words for assigning what is imported; it is said in terms of cells instead. */
const CANNOT_ASSIGN_IMPORT = 2632

/** TypeScript's words for a promise as a condition; `alwaysTrue` knows what to ask instead. */
const ALWAYS_TRUE = 2801

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
    const message = inShort(compiler.flattenDiagnosticMessageText(messageText, '\n'))
    return [{ start: from, end, message, code, ...meant(draft, { start, code, message }, universe) }]
  })
  const own = linted(draft, universe)
  const isOwn = ({ code, start }: Fault) =>
    code === ALWAYS_TRUE && own.some(each => each.code === LINT_CODES.alwaysTrue && each.start === start)
  const all = [...virtual.faults, ...once(found).filter(fault => !isOwn(fault)), ...own]
  const imported = importedFaults(source, { compiler, service, files, draft: file, cwd, counts })
  return [...all, ...imported].sort((a, b) => a.start - b.start)
}

/** Types by their names, without the files they are declared in. */
const inShort = (message: string): string => message.replace(/\bimport\("[^"]+"\)\./g, '')

/** What TypeScript finds wrong in several ways at one place is said once. */
function once(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map(fault => [`${fault.start} ${fault.message}`, fault])).values()]
}

/** What was meant, where that can be told: in better words, with the fix. */
function meant(
  draft: Draft,
  found: Parameters<typeof meantLiteral>[3],
  universe: Universe | undefined,
): Partial<Fault> {
  const { compiler, virtual } = draft
  const known = parsed(draft)
  if (!known) return {}
  const checker = known.program.getTypeChecker()
  const context = { compiler, checker, file: known.tree }
  const command = meantCommand(context, found)
  if (command) return placed(command, virtual)
  const what =
    meantHosts(known.tree.text, found, universe) ??
    meantMember(context, found) ??
    meantArgument(compiler, checker, known.tree, found) ??
    meantLiteral(compiler, checker, known.tree, found)
  if (!what) return {}
  const { message, fix } = what
  return fix ? { message, fix: { ...fix, ...original(fix, virtual) } } : { message }
}

/** The same in the text as it is typed. */
function placed(command: MeantCommand, virtual: VirtualModule): MeantCommand {
  const { message, fix } = command
  const span = original(command, virtual)
  return { message, ...span, ...(fix ? { fix: { ...fix, ...original(fix, virtual) } } : {}) }
}

function original(
  { start, end }: { readonly start: number; readonly end: number },
  virtual: VirtualModule,
): { start: number; end: number } {
  return { start: virtual.toOriginal(start), end: virtual.toOriginal(end) }
}

function linted(draft: Draft, universe: Universe | undefined): Fault[] {
  const { compiler, virtual } = draft
  const known = parsed(draft)
  if (!known) return []
  const context = { compiler, checker: known.program.getTypeChecker(), file: known.tree, ...(universe && { universe }) }
  const span = (start: number, end: number) => original({ start, end }, virtual)
  return lint(context).flatMap(({ node, message, code, fix }) => {
    const start = node.getStart(known.tree)
    if (start < virtual.head) return []
    const mended = fix && { fix: { title: fix.title, text: fix.text, ...span(fix.start, fix.end) } }
    return [{ ...span(start, node.getEnd()), message, code, ...mended }]
  })
}
