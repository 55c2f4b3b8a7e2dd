/** How a cell of prose begins in a session. */
export const NOTE = ':note '

/** The Markdown of a cell that is prose; nothing for code and for other commands. */
export const proseOf = (source: string): string | undefined =>
  source.startsWith(NOTE) ? source.slice(NOTE.length) : undefined
