/** Takes apart words as `quote` writes them, with spaces between. */
export class Words {
  constructor(public rest: string) {}

  next(): string | undefined {
    const found = /^ *((?:'[^']*'|\\[\s\S]|[^\s'\\])+)/.exec(this.rest)
    if (!found) return undefined
    this.rest = this.rest.slice(found[0].length)
    return (found[1] ?? '').replace(
      /'([^']*)'|\\([\s\S])/g,
      (_all, quoted?: string, escaped?: string) => quoted ?? escaped ?? '',
    )
  }

  /** All that are left. */
  all(): string[] {
    const words: string[] = []
    for (let word = this.next(); word !== undefined; word = this.next()) words.push(word)
    return words
  }
}
