import { readFileSync } from 'node:fs'
import path from 'node:path'
import type ts from 'typescript'

/** Declaration files in one text, each where its part begins. */
export interface RolledTypes {
  readonly text: string
  readonly parts: readonly { readonly file: string; readonly start: number }[]
}

/** The types that code finds without importing them. */
export interface GlobalTypes {
  /** By the path the text is given, beside the files it is made of. */
  readonly rolled: ReadonlyMap<string, RolledTypes>
  /** Files that have to stay by themselves, since they are modules. */
  readonly modules: readonly string[]
  /** What stands for a package that a file refers to by `/// <reference types="node" />`. */
  readonly packages: ReadonlyMap<string, string>
}

/** `export {}` and its like at the beginning of a line: inside `declare module` it is indented. */
const MODULE = /^(?:import|export)\b/m

/** References to other files: they are in the text already. */
const REFERENCE = /^\/\/\/\s*<reference\b.*$/gm

/**
 * Puts the declarations of the language and of Node into one text each. TypeScript makes one symbol of what several files
 * declare, such as `Array`, anew for every changed draft: a third of a completion's time. Of what one file declares it is
 * made once.
 *
 * @param options what `lib`, `types` and `typeRoots` name
 */
export function globalTypes(compiler: typeof ts, options: ts.CompilerOptions): GlobalTypes {
  const folder = path.dirname(compiler.getDefaultLibFilePath(options))
  const libraries = (options.lib ?? []).map(name => path.join(folder, name))
  const language = rollUp(compiler, folder, libraries)
  const rolled = new Map([[path.join(folder, 'lib.muster.d.ts'), language.rolled]])
  const packages = new Map<string, string>()
  const modules = [...language.modules]
  for (const name of options.types ?? []) {
    const found = compiler.resolveTypeReferenceDirective(name, undefined, options, compiler.sys)
    const entry = found.resolvedTypeReferenceDirective?.resolvedFileName
    if (entry === undefined) continue
    const own = rollUp(compiler, folder, [entry])
    const file = path.join(path.dirname(entry), 'muster-index.d.ts')
    rolled.set(file, own.rolled)
    packages.set(name, file)
    modules.push(...own.modules)
  }
  return { rolled, modules, packages }
}

/** Scripts in the order in which TypeScript would read them: what is referred to before what refers to it. */
function rollUp(
  compiler: typeof ts,
  libraries: string,
  entries: readonly string[],
): { readonly rolled: RolledTypes; readonly modules: readonly string[] } {
  const seen = new Set<string>()
  const modules: string[] = []
  const parts: { file: string; start: number }[] = []
  let text = ''
  const add = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const own = readFileSync(file, 'utf8')
    const { referencedFiles, libReferenceDirectives } = compiler.preProcessFile(own, false, false)
    for (const { fileName } of referencedFiles) add(path.resolve(path.dirname(file), fileName))
    // a package refers to a part of the language, which is there
    if (path.dirname(file) === libraries)
      for (const { fileName } of libReferenceDirectives) add(path.join(libraries, `lib.${fileName}.d.ts`))
    if (MODULE.test(own)) modules.push(file)
    else {
      parts.push({ file, start: text.length })
      text += `${own.replace(REFERENCE, line => ' '.repeat(line.length))}\n`
    }
  }
  for (const entry of entries) add(entry)
  return { rolled: { text, parts }, modules }
}

/** The file, and the offset in it, of an offset in a rolled text. */
export function originOf({ parts }: RolledTypes, offset: number): { file: string; offset: number } | undefined {
  const part = parts.findLast(({ start }) => start <= offset)
  return part && { file: part.file, offset: offset - part.start }
}
