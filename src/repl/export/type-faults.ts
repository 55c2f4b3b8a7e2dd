import path from 'node:path'
import type ts from 'typescript'
import { compilerOptions } from '../language/compiler-options.js'
import { OWN_TYPES } from '../own-types.js'

/**
 * Type errors of a module of a person's, and of those it imports: `deploy.ts:3:7: …`, one sentence each.
 *
 * @param declaration makes the names of an inventory known; see registerDeclaration
 * @param cwd paths in messages are relative to it
 */
export function typeFaults(compiler: typeof ts, file: string, declaration: string, cwd: string): string[] {
  const options = compilerOptions(compiler, { cwd, packages: OWN_TYPES })
  const names = path.join(path.dirname(file), 'muster.inventory.d.ts')
  const host = compiler.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = name => name === names || fileExists(name)
  host.readFile = name => (name === names ? declaration : readFile(name))
  host.getSourceFile = (name, target, ...rest) =>
    name === names ? compiler.createSourceFile(name, declaration, target) : getSourceFile(name, target, ...rest)
  const program = compiler.createProgram([file, names], options, host)
  // what is installed, and muster itself, is not the person's to correct
  const own = program.getSourceFiles().filter(({ fileName, isDeclarationFile }) => {
    const isTheirs = !Object.values(OWN_TYPES).some(entry => fileName.startsWith(path.dirname(entry)))
    return isTheirs && !isDeclarationFile && !fileName.includes('/node_modules/')
  })
  return own
    .flatMap(source => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map(({ file: where, start = 0, messageText }) => {
      const { line, character } = where?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 }
      const place = where ? `${path.relative(cwd, where.fileName)}:${line + 1}:${character + 1}: ` : ''
      return `${place}${compiler.flattenDiagnosticMessageText(messageText, ' ')}`
    })
}
