import path from 'node:path'
import type ts from 'typescript'
import type { Fault } from '../cells/analyse.js'
import type { SessionFiles } from './files.js'

export interface ImportedFaultsContext {
  readonly compiler: typeof ts
  readonly service: ts.LanguageService
  readonly files: SessionFiles
  /** The file that stands for the cell: its imports start there. */
  readonly draft: string
  /** Paths in messages are relative to it. */
  readonly cwd: string
  /** Whether an error counts. */
  counts(code: number): boolean
}

/**
 * Syntax and type errors of the person's own files that a cell imports, also by way of other files: what they export is
 * about to be run. Each faulty file is one fault, at the import that leads to it: `lib/ntp.ts:3:7: …`.
 *
 * @param source the cell
 */
export function importedFaults(source: string, context: ImportedFaultsContext): Fault[] {
  const { compiler, files, draft } = context
  const seen = new Set<string>()
  return compiler.preProcessFile(source, true, true).importedFiles.flatMap(({ fileName, pos, end }) => {
    const reached = reach(files.ownFile(fileName, draft), seen, context)
    return reached.flatMap(file => {
      const fault = faultOf(file, context)
      return fault ? [{ ...fault, start: pos, end }] : []
    })
  })
}

/** A file and what it imports, as far as it is the person's own and was not seen before. */
function reach(file: string | undefined, seen: Set<string>, context: ImportedFaultsContext): string[] {
  const text = file === undefined || seen.has(file) ? undefined : context.files.readFile(file)
  if (file === undefined || text === undefined) return []
  seen.add(file)
  const imports = context.compiler.preProcessFile(text, true, true).importedFiles
  return [file, ...imports.flatMap(({ fileName }) => reach(context.files.ownFile(fileName, file), seen, context))]
}

function faultOf(
  file: string,
  { compiler, service, cwd, counts }: ImportedFaultsContext,
): { message: string; code: number } | undefined {
  const source = service.getProgram()?.getSourceFile(file)
  if (!source) return undefined
  const syntax = service.getSyntacticDiagnostics(file)
  const found = (syntax.length > 0 ? syntax : service.getSemanticDiagnostics(file)).filter(({ code }) => counts(code))
  const [first] = found
  if (!first) return undefined
  const { line, character } = source.getLineAndCharacterOfPosition(first.start ?? 0)
  const place = `${path.relative(cwd, file)}:${line + 1}:${character + 1}`
  const more = found.length > 1 ? ` (and ${found.length - 1} more in this file)` : ''
  return {
    message: `${place}: ${compiler.flattenDiagnosticMessageText(first.messageText, '\n')}${more}`,
    code: first.code,
  }
}
