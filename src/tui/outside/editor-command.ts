import { basename } from 'node:path'

/** A file to be opened, at a place of it counted from 1. */
export interface Opening {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** It is not the person's to change. */
  readonly readOnly?: boolean
  /** The editor's command is to last until the file has been closed. */
  readonly wait?: boolean
}

/** The person's editor: `$VISUAL`, else `$EDITOR`, else vi, as POSIX tools choose it. */
export const editorOf = ({ VISUAL, EDITOR }: NodeJS.ProcessEnv): string => VISUAL?.trim() || EDITOR?.trim() || 'vi'

/**
 * The command that opens a file in an editor, as arguments for `sh`: the variable may hold options, or a command line.
 *
 * @param editor as the environment has it: `vim`, `code -n`
 * @example
 * editorCommand('vim', { file: '/a.ts', line: 3 }) // ['-c', 'vim "$@"', 'vim', '+3', '/a.ts']
 */
export function editorCommand(editor: string, opening: Opening): readonly string[] {
  return ['-c', `${editor} "$@"`, editor, ...placeArguments(basename(editor.split(/\s+/)[0] ?? ''), opening)]
}

function placeArguments(name: string, { file, line, column, readOnly = false, wait = false }: Opening): string[] {
  switch (name) {
    // https://code.visualstudio.com/docs/editor/command-line: `--goto file:line:column`, `--wait`
    case 'code':
    case 'code-insiders':
    case 'codium':
    case 'cursor':
    case 'windsurf':
      return [...(wait ? ['--wait'] : []), ...(line === undefined ? [file] : ['--goto', colons(file, line, column)])]
    case 'subl':
    case 'zed':
      return [...(wait ? ['--wait'] : []), line === undefined ? file : colons(file, line, column)]
    case 'hx':
    case 'helix':
      return [line === undefined ? file : colons(file, line, column)]
    case 'vi':
    case 'vim':
    case 'nvim':
    case 'view':
      return [...(readOnly ? ['-R'] : []), ...plusLine(line), file]
    case 'nano':
      return [...(readOnly ? ['-v'] : []), ...plusLine(line, column === undefined ? '' : `,${column}`), file]
    case 'emacs':
    case 'emacsclient':
      return [...plusLine(line, column === undefined ? '' : `:${column}`), file]
    default:
      return [...plusLine(line), file]
  }
}

/** `+LINE`, which POSIX knows of vi and ex, and most editors after them. */
const plusLine = (line: number | undefined, more = ''): string[] => (line === undefined ? [] : [`+${line}${more}`])

const colons = (file: string, line: number, column = 1): string => `${file}:${line}:${column}`
