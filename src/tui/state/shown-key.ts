import { stripVTControlCharacters } from 'node:util'
import type { TerminalImage } from '../shells/terminal-image.js'
import { slice } from '../text/width.js'

/**
 * What a terminal shows since the last line was sent, as a key that is the same for hosts that show the same. A prompt names its
 * host, so in the rows of prompts its own names are taken out; in an answer they are what was asked for.
 */
export function shownKey(host: string, { rows, cursor, since, title }: TerminalImage): string {
  const atCursor = stripVTControlCharacters(slice(rows[cursor.y] ?? '', 0, cursor.x))
  const names = ownNames(host, title, atCursor)
  return rows
    .map((row, y) => {
      const marked = y === cursor.y ? `${slice(row, 0, cursor.x)}\x1b]${slice(row, cursor.x, 9999)}` : row
      if (!isPrompt(stripVTControlCharacters(row), names, atCursor)) return marked
      return names.reduce((left, name) => left.replaceAll(name, '\x1b^'), marked)
    })
    .slice(since)
    .join('\n')
    .trimEnd()
}

/** `user@host:~#`, `[user@host ~]$`, `host%`, or what stands before the cursor now. */
function isPrompt(row: string, names: readonly string[], atCursor: string): boolean {
  const prompt = atCursor.trimEnd()
  if (/[#$%>]$/.test(prompt) && row.startsWith(prompt)) return true
  const word = /^[[(]?(\S*)/.exec(row)?.[1] ?? ''
  return names.some(name => word.includes(`@${name}`) || (word.startsWith(name) && /[#$%>]$/.test(word)))
}

/** Names by which a host may call itself at its prompt, the longest first. */
function ownNames(host: string, title: string, prompt: string): readonly string[] {
  const told = [title, prompt].flatMap(text => /^\S*?@([\w.-]+)/.exec(text.replace(/^[[(]/, ''))?.[1] ?? [])
  const names = [host, ...told].flatMap(name => [name, name.split('.')[0] ?? name])
  return [...new Set(names)].filter(name => name.length > 1).sort((a, b) => b.length - a.length)
}
