import type ts from 'typescript'
import type { VirtualModule } from '../cells/rewrite.js'

/** A draft as the type checker has it. */
export interface Draft {
  readonly compiler: typeof ts
  readonly service: ts.LanguageService
  /** As it is typed. */
  readonly source: string
  /** The file that stands for it, and how that was made. */
  readonly file: string
  readonly virtual: VirtualModule
}

/** The program and the syntax tree of a draft. */
export function parsed({ service, file }: Draft): { program: ts.Program; tree: ts.SourceFile } | undefined {
  const program = service.getProgram()
  const tree = program?.getSourceFile(file)
  return program && tree && { program, tree }
}

/** Where the word begins that ends at an offset. */
export function wordStart(source: string, position: number): number {
  return position - (/[\p{ID_Continue}$]*$/u.exec(source.slice(0, position))?.[0].length ?? 0)
}
