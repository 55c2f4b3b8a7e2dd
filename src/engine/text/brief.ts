/** The first line of a script, cut to a length that fits a sentence. */
export function brief(script: string): string {
  const [first = '', ...more] = script.trim().split('\n')
  return first.length > 60 ? `${first.slice(0, 59)}…` : more.length > 0 ? `${first} …` : first
}
