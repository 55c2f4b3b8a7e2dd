/** What there is on the screen that a long walk at random comes by, by what it says there. */
const PLACES: Readonly<Record<string, RegExp>> = {
  'shells on several hosts, typed to all': /typing to all \d/,
  'one of them alone': /typing to \S+ alone/,
  'shells that have ended beside others': /typing to[\s\S]*\n✗ /,
  'a plan to approve': /all · .*decline/,
  'a plan that waits elsewhere': /waits for you/,
  'a plan, group by group': /group \d+ of \d+:/,
  'a guard that wants a number': /type the number of hosts/,
  'a wrong number': /✗ it is \d+, not \d/,
  'the list of everything': /╭─ find ─/,
  'the history': /╭─ history ─/,
  completions: /\d+\/\d+ ─+╯/,
  "vi's normal mode": /(?:vi: ?)normal/,
  "vi's visual mode": /(?:vi: ?)visual/,
  'a secret that is asked for': /That was wrong\./,
  'a host key': /trust and remember it/,
  'facts of a host': /now\b|ago\b/,
  'facts compared': /facts of \d+ hosts/,
  'the doctor': /examining …|examines it/,
  'durations and when': /timeline/,
  'keys of the place': /run the cell/,
  'live output': /waiting for/,
  'a change under way': /applying/,
  'an error of a cell': /✗ TypeError/,
  'a diff side by side': /[-+] .* │ [-+] /,
  'a pane over the whole width': /^┏━ [^┏┌]*┓$/m,
  'a terminal that is too small': /^muster needs/m,
  'signs of ASCII': /^\+-/m,
  'a filter of hosts': /is:lost|\/web/,
  'a search in the cells': /session.*\/ok/,
  'a notice': /Copied /,
}

/** Keeps which of them were seen. */
export class SeenPlaces {
  readonly #left = new Map(Object.entries(PLACES))

  look(rows: readonly string[]): void {
    const text = rows.join('\n')
    for (const [name, says] of this.#left) if (says.test(text)) this.#left.delete(name)
  }

  /** Those that were not. */
  get left(): readonly string[] {
    return [...this.#left.keys()]
  }
}
