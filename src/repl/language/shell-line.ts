import type ts from 'typescript'
import type { Fault } from '../cells/analyse.js'

/** TypeScript's number for a name that is not there, and is near no other. */
const NO_SUCH_NAME = 2304

/**
 * What is wrong with a line of a shell typed at the prompt, `systemctl status nginx` or `$ uptime -p`: with what to write so that the
 * hosts run it.
 *
 * @param faults what was found: that it cannot be parsed, or that its first word is nothing
 * @param isKnown whether a name means something in the session
 * @returns what was found, where it is something else
 */
export function asShellLine(
  compiler: typeof ts,
  source: string,
  faults: readonly Fault[],
  isParsed: boolean,
  isKnown: (name: string) => boolean,
): readonly Fault[] {
  const [, blank = '', prompt, command = '', name = ''] =
    /^(\s*)(\$\s+)?(([\w./~-]+)(?:[^\S\n].*)?)$/.exec(source.trimEnd()) ?? []
  const [first] = faults
  if (command === '' || !first) return faults
  if (isParsed && !(first.code === NO_SUCH_NAME && first.start === blank.length)) return faults
  if (prompt === undefined && (isKnown(name) || isWord(compiler, name) || !IS_COMMAND.test(name))) return faults
  if (prompt === undefined && IS_CODE.test(command.slice(name.length).trim())) return faults
  const text = `$\`${command.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\``
  const span = { start: blank.length, end: source.trimEnd().length }
  const message = isParsed
    ? `${first.message} To run it on the hosts: ${text}.`
    : `The hosts run what stands in backticks behind $: ${text}.`
  return [{ code: first.code, message, ...span, fix: { title: `write ${text}`, text, ...span } }]
}

const IS_COMMAND = /^(?:[a-z][\w-]*|[~.]?\/[\w./-]*)$/

/** What may follow a name in code, and hardly in a command. */
const IS_CODE = /^(?:[=.([?+*%^:,;]|!=|&&|\|\|)|[{(;]$/

/** A word of the language: `const`, `type`, `declare` … */
function isWord({ createScanner, ScriptTarget, SyntaxKind }: typeof ts, name: string): boolean {
  const scanner = createScanner(ScriptTarget.Latest, true, undefined, name)
  const kind = scanner.scan()
  return kind >= SyntaxKind.FirstKeyword && kind <= SyntaxKind.LastKeyword
}
