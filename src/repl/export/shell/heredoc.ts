import type { RecognisedCall } from './offered-call.js'

/** `cat > /etc/motd <<'EOF'`, `sudo tee /etc/motd <<EOF`, with its text. */
const HEREDOC =
  /^\s*(sudo +)?(?:cat *>(>?) *(\/\S+) *<< *(['"]?)(\w+)\4|cat *<< *(['"]?)(\w+)\6 *>(>?) *(\/\S+)|tee +(-a +)?(\/\S+) *<< *(['"]?)(\w+)\12(?: *> *\/dev\/null)?)[ \t]*\n([\s\S]*)$/

/** What a here-document writes, when it is all of a line and the shell would work nothing out in it. */
export function heredocCalls(line: string): readonly RecognisedCall[] | undefined {
  const found = HEREDOC.exec(line)
  if (!found) return undefined
  const [, sudo, more1, path1, quote1, end1, quote2, end2, more2, path2, more3, path3, quote3, end3, rest = ''] = found
  const path = path1 ?? path2 ?? path3 ?? ''
  const end = end1 ?? end2 ?? end3 ?? ''
  const body = new RegExp(`^((?:[^\\n]*\\n)*?)${end}\\s*$`).exec(rest)?.[1]
  const isTee = path3 !== undefined
  // the redirection of sudo cat is that of the person who asked
  if (body === undefined || /[*?[{~$'"\\]/.test(path) || (sudo && !isTee)) return undefined
  const isQuoted = (quote1 ?? quote2 ?? quote3 ?? '') !== ''
  if (!isQuoted && /[$`\\]/.test(body)) return undefined
  const as = sudo ? { sudo: true as const } : {}
  const isMore = (more1 ?? more2 ?? more3 ?? '') !== ''
  if (!isMore) return [{ operation: 'files.put', args: { dest: { word: [path] }, content: { word: [body] } }, ...as }]
  const [text, ...others] = body.split('\n').slice(0, -1)
  if (text === undefined || text === '' || others.length > 0) return undefined
  return [{ operation: 'files.line', args: { path: { word: [path] }, line: { word: [text] } }, ...as }]
}
