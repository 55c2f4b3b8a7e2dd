import type ts from 'typescript'

/** Declarations of others, megabytes of them, that one uses by their types: their comments are not worth reading at every start. */
const BULKY = /\/node_modules\/(?:@types\/node|undici-types|zod)\//

type Options = Parameters<ts.DocumentRegistry['acquireDocumentWithKey']>[7]

/**
 * Where a language service keeps its parsed files. Comments of the bulkiest packages are left out, which saves a fifth of the
 * time to the first answer; those of the language itself, of muster and of the person's own files are there to be shown.
 */
export function documentRegistry(compiler: typeof ts, cwd: string): ts.DocumentRegistry {
  const { ParseAll, ParseNone } = compiler.JSDocParsingMode
  const create = (mode: ts.JSDocParsingMode): ts.DocumentRegistry =>
    compiler.createDocumentRegistry(compiler.sys.useCaseSensitiveFileNames, cwd, mode)
  const commented = create(ParseAll)
  const bare = create(ParseNone)
  const registryOf = (file: string): ts.DocumentRegistry => (BULKY.test(file) ? bare : commented)
  const optionsOf = (file: string, options: Options): Options =>
    typeof options === 'object' ? { ...options, jsDocParsingMode: BULKY.test(file) ? ParseNone : ParseAll } : options
  return {
    ...commented,
    acquireDocumentWithKey: (file, path, settings, key, text, version, kind, options) =>
      registryOf(file).acquireDocumentWithKey(file, path, settings, key, text, version, kind, optionsOf(file, options)),
    updateDocumentWithKey: (file, path, settings, key, text, version, kind, options) =>
      registryOf(file).updateDocumentWithKey(file, path, settings, key, text, version, kind, optionsOf(file, options)),
    releaseDocumentWithKey: (
      path: ts.Path,
      key: ts.DocumentRegistryBucketKey,
      kind?: ts.ScriptKind,
      format?: ts.ResolutionMode,
    ) => registryOf(path).releaseDocumentWithKey(path, key, kind ?? compiler.ScriptKind.Unknown, format),
  }
}
