/**
 * Whether a text fits a pattern in which `*` stands for anything and `?` for one character (ssh_config(5), PATTERNS).
 * Takes at most the product of both lengths, whatever the pattern.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let wanted = 0
  while (at < text.length) {
    if (pattern[wanted] === '*') {
      star = wanted
      resume = at
      wanted += 1
    } else if (wanted < pattern.length && (pattern[wanted] === '?' || pattern[wanted] === text[at])) {
      at += 1
      wanted += 1
    } else if (star >= 0) {
      resume += 1
      at = resume
      wanted = star + 1
    } else return false
  }
  while (pattern[wanted] === '*') wanted += 1
  return wanted === pattern.length
}

/** Whether a text fits any of the patterns and none of those with `!` in front (ssh_config(5), PATTERNS). */
export function matchesPatterns(patterns: readonly string[], text: string): boolean {
  const fits = (pattern: string) => matchesWildcard(pattern, text)
  return (
    patterns.some(pattern => !pattern.startsWith('!') && fits(pattern)) &&
    !patterns.some(pattern => pattern.startsWith('!') && fits(pattern.slice(1)))
  )
}
