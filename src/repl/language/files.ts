import { statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import type ts from 'typescript'
import { type GlobalTypes, globalTypes, originOf } from './global-types.js'

interface VirtualFile {
  readonly text: string
  readonly version: number
}

/** Numbers every text written, so that no two share a version in a registry that sessions share. */
let writes = 0

/** The files of a session as TypeScript sees them: virtual ones over those on disk. */
export class SessionFiles implements ts.LanguageServiceHost {
  readonly #compiler: typeof ts
  readonly #cwd: string
  readonly #options: ts.CompilerOptions
  readonly #virtual = new Map<string, VirtualFile>()
  /** Files read from disk, with what their status was then. */
  readonly #stamps = new Map<string, string>()
  readonly #snapshots = new Map<string, { readonly version: string; readonly snapshot: ts.IScriptSnapshot }>()
  readonly #packages: readonly string[]
  readonly #resolutions: ts.ModuleResolutionCache
  readonly #globals: GlobalTypes
  /** Files with an import that led nowhere: it may lead somewhere next time. */
  readonly #unresolved = new Set<string>()
  #version = 0

  /** @param packages names of packages that are this very process's */
  constructor(compiler: typeof ts, cwd: string, options: ts.CompilerOptions, packages: readonly string[]) {
    this.#compiler = compiler
    this.#cwd = cwd
    this.#packages = packages
    this.#globals = globalTypes(compiler, options)
    const { lib: _, ...rest } = options
    this.#options = { ...rest, noLib: true, types: [] }
    this.#resolutions = compiler.createModuleResolutionCache(cwd, file => file, options)
  }

  /** Sets the text of a virtual file. */
  write(file: string, text: string): void {
    const before = this.#virtual.get(file)
    if (before?.text === text) return
    writes += 1
    this.#virtual.set(file, { text, version: writes })
    this.#version += 1
  }

  /** Takes a virtual file away. */
  remove(file: string): void {
    if (this.#virtual.delete(file)) this.#version += 1
    this.#snapshots.delete(file)
  }

  has(file: string): boolean {
    return this.#virtual.has(file)
  }

  /** The file on disk, with the offset in it, that an offset in a file of TypeScript's stands for. */
  origin(file: string, offset: number): { readonly file: string; readonly offset: number } | undefined {
    const rolled = this.#globals.rolled.get(file)
    return rolled ? originOf(rolled, offset) : { file, offset }
  }

  /** The file of the person's own that an import leads to; none for a package, for Node's modules and for what is not there. */
  ownFile(specifier: string, from: string): string | undefined {
    if (isBuiltin(specifier) || this.#packages.includes(specifier)) return undefined
    const found = this.#resolve(specifier, from).resolvedModule?.resolvedFileName
    return found === undefined || this.#virtual.has(found) || isSettled(found) ? undefined : found
  }

  /** Looks for changes on disk; TypeScript asks only for what it does not know. */
  refresh(): void {
    for (const [file, stamp] of this.#stamps) {
      if (isSettled(file) || stampOf(file) === stamp) continue
      this.#stamps.set(file, stampOf(file))
      this.#version += 1
    }
    if (this.#unresolved.size === 0) return
    this.#resolutions.clear()
    this.#version += 1
  }

  getProjectVersion = (): string => String(this.#version)
  getCompilationSettings = (): ts.CompilerOptions => this.#options
  getScriptFileNames = (): string[] => [
    ...this.#globals.rolled.keys(),
    ...this.#globals.modules,
    ...this.#virtual.keys(),
  ]
  getCurrentDirectory = (): string => this.#cwd
  getDefaultLibFileName = (options: ts.CompilerOptions): string => this.#compiler.getDefaultLibFilePath(options)
  useCaseSensitiveFileNames = (): boolean => this.#compiler.sys.useCaseSensitiveFileNames
  directoryExists = (directory: string): boolean => this.#compiler.sys.directoryExists(directory)
  getDirectories = (directory: string): string[] => this.#compiler.sys.getDirectories(directory)
  readDirectory: typeof ts.sys.readDirectory = (...asked) => this.#compiler.sys.readDirectory(...asked)
  realpath = (file: string): string => this.#compiler.sys.realpath?.(file) ?? file
  fileExists = (file: string): boolean =>
    this.#virtual.has(file) || this.#globals.rolled.has(file) || this.#compiler.sys.fileExists(file)
  readFile = (file: string): string | undefined =>
    (this.#virtual.get(file) ?? this.#globals.rolled.get(file))?.text ?? this.#compiler.sys.readFile(file)
  hasInvalidatedResolutions = (file: string): boolean => this.#unresolved.has(file)

  getScriptVersion = (file: string): string => {
    const virtual = this.#virtual.get(file)
    if (virtual) return String(virtual.version)
    if (this.#globals.rolled.has(file)) return 'rolled'
    const stamp = this.#stamps.get(file) ?? stampOf(file)
    this.#stamps.set(file, stamp)
    return stamp
  }

  getScriptSnapshot = (file: string): ts.IScriptSnapshot | undefined => {
    // TypeScript asks for every file each time anything changed.
    const version = this.getScriptVersion(file)
    const known = this.#snapshots.get(file)
    if (known?.version === version) return known.snapshot
    const text = this.readFile(file)
    if (text === undefined) return undefined
    const snapshot = this.#compiler.ScriptSnapshot.fromString(text)
    this.#snapshots.set(file, { version, snapshot })
    return snapshot
  }

  /** Spares TypeScript to look for each file's package.json again whenever anything changed. */
  getModuleResolutionCache = (): ts.ModuleResolutionCache => this.#resolutions

  resolveModuleNameLiterals = (
    literals: readonly ts.StringLiteralLike[],
    from: string,
    redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): readonly ts.ResolvedModuleWithFailedLookupLocations[] => {
    this.#unresolved.delete(from)
    return literals.map(({ text }) => {
      const virtual = `${path.resolve(path.dirname(from), text)}.ts`
      if (text.startsWith('./.') && this.#virtual.has(virtual))
        return { resolvedModule: { resolvedFileName: virtual, extension: '.ts' } }
      const found = this.#resolve(text, from, redirect, options)
      // Node's own modules are declared, not found; and packages are taken to be whole.
      if (!found.resolvedModule && !isBuiltin(text) && !isSettled(from)) this.#unresolved.add(from)
      return found
    })
  }

  resolveTypeReferenceDirectiveReferences = <T extends ts.FileReference | string>(
    references: readonly T[],
    from: string,
    redirect: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): readonly ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations[] =>
    references.map(reference => {
      const name = typeof reference === 'string' ? reference : reference.fileName
      const rolled = this.#globals.packages.get(name)
      return rolled === undefined
        ? this.#compiler.resolveTypeReferenceDirective(name, from, options, this, redirect)
        : { resolvedTypeReferenceDirective: { primary: true, resolvedFileName: rolled } }
    })

  #resolve(
    specifier: string,
    from: string,
    redirect?: ts.ResolvedProjectReference,
    options = this.#options,
  ): ts.ResolvedModuleWithFailedLookupLocations {
    return this.#compiler.resolveModuleName(specifier, from, options, this, this.#resolutions, redirect)
  }
}

/** Whether a file is taken never to change during a session. */
function isSettled(file: string): boolean {
  return file.split('/').includes('node_modules')
}

function stampOf(file: string): string {
  const status = statSync(file, { bigint: true, throwIfNoEntry: false })
  return status ? `${status.ino}:${status.size}:${status.mtimeNs}:${status.ctimeNs}` : 'gone'
}
