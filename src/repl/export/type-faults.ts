import path from 'node:path'
import type ts from 'typescript'
import { compilerOptions } from '../language/compiler-options.js'
import { OWN_TYPES } from '../own-types.js'

/**
 * Finds type errors of modules of a person's, and of those they import: `deploy.ts:3:7: …`, one sentence each. What was read for
 * one module serves the next.
 *
 * @param declaration makes the names of an inventory known; see registerDeclaration
 * @param cwd paths in messages are relative to it
 */
export function typeChecker(compiler: typeof ts, declaration: string, cwd: string): (...files: string[]) => string[] {
  const options = compilerOptions(compiler, { cwd, packages: OWN_TYPES })
  const names = path.join(cwd, 'muster.inventory.d.ts')
  const host = compiler.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = name => name === names || fileExists(name)
  host.readFile = name => (name === names ? declaration : readFile(name))
  host.getSourceFile = (name, target, ...rest) =>
    name === names ? compiler.createSourceFile(name, declaration, target) : getSourceFile(name, target, ...rest)
  let program: ts.Program | undefined
  return (...files) => {
    program = compiler.createProgram([...files, names], options, host, program)
    return program
      .getSourceFiles()
      .filter(isTheirs)
      .flatMap(source => [
        ...(program?.getSyntacticDiagnostics(source) ?? []),
        ...(program?.getSemanticDiagnostics(source) ?? []),
      ])
      .map(diagnostic => faultText(compiler, diagnostic, cwd))
  }
}

/** What is installed, and muster itself, is not the person's to correct. */
function isTheirs({ fileName, isDeclarationFile }: ts.SourceFile): boolean {
  const isOurs = Object.values(OWN_TYPES).some(entry => fileName.startsWith(path.dirname(entry)))
  return !isOurs && !isDeclarationFile && !fileName.includes('/node_modules/')
}

function faultText(compiler: typeof ts, { file, start = 0, messageText }: ts.Diagnostic, cwd: string): string {
  const { line, character } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 }
  const place = file ? `${path.relative(cwd, file.fileName)}:${line + 1}:${character + 1}: ` : ''
  return `${place}${compiler.flattenDiagnosticMessageText(messageText, ' ')}`
}
