import type ts from 'typescript'

const FILE = '/deploy.ts'

/** Formats a module: two spaces, no semicolons, spaces within braces. Texts inside template literals stay as they are. */
export function formatModule(compiler: typeof ts, text: string): string {
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
