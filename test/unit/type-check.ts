import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What was parsed from disk, for all checks of a run: the sources of muster and the libraries take longest. */
const parsed = new Map<string, ts.SourceFile | undefined>()

/**
 * Type-checks modules as a person's project with our strict options would, `muster` being the sources.
 *
 * @param files text by path, relative to an imagined project
 * @returns what the compiler says, a line each: `deploy.ts: Cannot find name 'x'.`
 */
export function typeCheck(files: Readonly<Record<string, string>>): string[] {
  const project = join(ROOT, 'imagined')
  const texts = new Map(Object.entries(files).map(([path, text]) => [join(project, path), text]))
  const options = compilerOptions()
  const host = ts.createCompilerHost(options)
  const fromDisk = { fileExists: host.fileExists, readFile: host.readFile, getSourceFile: host.getSourceFile }
  host.fileExists = path => texts.has(path) || fromDisk.fileExists(path)
  host.readFile = path => texts.get(path) ?? fromDisk.readFile(path)
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = texts.get(path)
    if (text === undefined) {
      if (!parsed.has(path)) parsed.set(path, fromDisk.getSourceFile(path, languageVersion, ...rest))
      return parsed.get(path)
    }
    const version = typeof languageVersion === 'object' ? languageVersion : { languageVersion }
    return ts.createSourceFile(path, text, { ...version, impliedNodeFormat: ts.ModuleKind.ESNext })
  }
  host.directoryExists = path =>
    [...texts.keys()].some(file => dirname(file).startsWith(path)) || ts.sys.directoryExists(path)
  const program = ts.createProgram([...texts.keys()], options, host)
  return [...texts.keys()].flatMap(path => {
    const file = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map(
      ({ messageText }) => `${path.slice(project.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    )
  })
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), path => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const source = (name: string): string[] => [resolve(ROOT, 'src', name)]
  return {
    ...options,
    noEmit: true,
    rootDir: ROOT,
    paths: { muster: source('index.ts'), 'muster/session': source('session.ts') },
  }
}
