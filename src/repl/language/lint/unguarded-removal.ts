/** A shell variable as it stands in a script: offsets of `$NAME` or `\${NAME}`. */
export interface UnguardedVariable {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Words that may stand before a command's own. */
const PREFIXES = new Set([
  'sudo',
  'doas',
  'exec',
  'command',
  'nice',
  'env',
  'then',
  'do',
  'else',
  '{',
  '(',
  '!',
  'time',
])

/**
 * The first target of a recursive `rm` in a script that begins with a variable which the script neither sets nor guards by
 * `:?` or a default. A rough reading of the shell, made to miss rather than to accuse: words are split at blanks outside of quotes.
 *
 * @param script with a NUL for every value that is put in.
 */
export function unguardedRemoval(script: string): UnguardedVariable | undefined {
  const set = new Set(
    [...script.matchAll(/(?:^|[\s;&|({])([A-Za-z_]\w*)=(?!["']?(?:[\s;&|]|$))/g)].map(([, name]) => name),
  )
  for (const [, name] of script.matchAll(/\b(?:for|read(?:\s+-r)?)\s+([A-Za-z_]\w*)/g)) set.add(name)
  for (const command of commandsOf(script)) {
    const words = command.slice(command.findIndex(({ text }) => !isPrefix(text)))
    if (words[0]?.text.split('/').at(-1) !== 'rm' || !words.some(({ text }) => isRecursive(text))) continue
    for (const { text, start } of words.slice(1)) {
      const found = text.match(/^["']?(\\?\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)))/)
      const name = found?.[2] ?? found?.[3]
      if (!found?.[1] || name === undefined || set.has(name) || text.startsWith("'")) continue
      const from = start + text.indexOf(found[1])
      return { name, start: from, end: from + found[1].length }
    }
  }
  return undefined
}

function isPrefix(word: string): boolean {
  return PREFIXES.has(word) || /^[A-Za-z_]\w*=/.test(word)
}

function isRecursive(word: string): boolean {
  return word === '--recursive' || /^-[a-zA-Z]*[rR]/.test(word)
}

interface Word {
  readonly text: string
  readonly start: number
}

/** The words of each simple command. */
function commandsOf(script: string): Word[][] {
  const commands: Word[][] = [[]]
  for (const { 0: token, index } of script.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s;&|"'\\])+|[;&|\n]/gs)) {
    if (/^[;&|\n]$/.test(token)) commands.push([])
    else commands.at(-1)?.push({ text: token, start: index })
  }
  return commands
}
