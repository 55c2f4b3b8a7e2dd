/**
 * What a line asks help on, as in IPython: a name with a question mark behind it, which is nothing in TypeScript.
 *
 * @example
 * helpAsked('files.line?') // 'files.line'
 * helpAsked('a ? b : c') // undefined
 */
export function helpAsked(line: string): string | undefined {
  return /^\s*([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\s*\?\s*$/.exec(line)?.[1]
}
