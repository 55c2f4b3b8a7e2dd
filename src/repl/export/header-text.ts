/** To the minute, in UTC: a deploy is read in other places than it was written in. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Whatever ends a line would end the comment. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+\s*/g, ' ')
}
