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
  // at every key TypeScript asks for every file, of which one is another
  const latest = new Map<ts.Path, { readonly key: string; readonly version: string; readonly file: ts.SourceFile }>()
  return {
    ...commented,
    acquireDocumentWithKey: (file, path, settings, key, text, version, kind, options) =>
      registryOf(file).acquireDocumentWithKey(file, path, settings, key, text, version, kind, optionsOf(file, options)),
    updateDocumentWithKey: (file, path, settings, key, text, version, kind, options) => {
      const known = latest.get(path)
      if (known?.version === version && known.key === key) return known.file
      const registry = registryOf(file)
      const found = registry.updateDocumentWithKey(
        file,
        path,
        settings,
        key,
        text,
        version,
        kind,
        optionsOf(file, options),
      )
      latest.set(path, { key, version, file: found })
      return found
    },
    releaseDocumentWithKey: (
      path: ts.Path,
      key: ts.DocumentRegistryBucketKey,
      kind?: ts.ScriptKind,
      format?: ts.ResolutionMode,
    ) => {
      latest.delete(path)
      registryOf(path).releaseDocumentWithKey(path, key, kind ?? compiler.ScriptKind.Unknown, format)
    },
  }
}
