import type ts from 'typescript'

const FILE = '/deploy.ts'

/** Lines longer than this are broken, where an object in them can be. */
const LONGEST_LINE = 120

/**
 * Formats a module: two spaces, no semicolons, spaces within braces, the fields of an object under each other where a line would be
 * too long. Texts inside template literals stay as they are.
 */
export function formatModule(compiler: typeof ts, text: string): string {
  const formatted = indented(compiler, text)
  const broken = withBrokenObject(compiler, formatted)
  return broken === undefined ? formatted : formatModule(compiler, broken)
}

/** The module with the largest object of its first line that is too long put on several lines; `undefined` when there is none. */
function withBrokenObject(compiler: typeof ts, text: string): string | undefined {
  const file = compiler.createSourceFile(FILE, text, compiler.ScriptTarget.Latest, true)
  const lineOf = (at: number): number => file.getLineAndCharacterOfPosition(at).line
  const long = new Set(text.split('\n').flatMap((line, index) => (line.length > LONGEST_LINE ? [index] : [])))
  let found: ts.ObjectLiteralExpression | undefined
  const visit = (node: ts.Node): void => {
    const line = lineOf(node.getStart(file))
    const isWhole = compiler.isObjectLiteralExpression(node) && node.properties.length > 1
    if (!found && isWhole && long.has(line) && line === lineOf(node.getEnd())) found = node
    if (!found) compiler.forEachChild(node, visit)
  }
  visit(file)
  if (!found) return undefined
  const fields = found.properties.map(property => text.slice(property.getFullStart(), property.getEnd()).trim())
  return `${text.slice(0, found.getStart(file))}{\n${fields.join(',\n')},\n}${text.slice(found.getEnd())}`
}

function indented(compiler: typeof ts, text: string): string {
  const settings: ts.FormatCodeSettings = {
    ...compiler.getDefaultFormatCodeSettings('\n'),
    indentSize: 2,
    convertTabsToSpaces: true,
    semicolons: compiler.SemicolonPreference.Remove,
    insertSpaceAfterOpeningAndBeforeClosingNonemptyBraces: true,
  }
  const edits = serviceOf(compiler, text).getFormattingEditsForDocument(FILE, settings)
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (done, { span, newText }) => done.slice(0, span.start) + newText + done.slice(span.start + span.length),
      text,
    )
}

/** A language service that knows one file, and looks at nothing else: formatting needs no types. */
function serviceOf(compiler: typeof ts, text: string): ts.LanguageService {
  return compiler.createLanguageService({
    getCompilationSettings: () => ({}),
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => '1',
    getScriptSnapshot: path => (path === FILE ? compiler.ScriptSnapshot.fromString(text) : undefined),
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => '/lib.d.ts',
    fileExists: path => path === FILE,
    readFile: path => (path === FILE ? text : undefined),
  })
}
