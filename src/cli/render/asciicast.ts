import { sanitise } from '../../engine/text/sanitise.js'
import { planLines } from '../../repl/plan-lines.js'
import type { SessionRecord } from '../../repl/protocol.js'
import { endLines } from './display.js'
import { paintFor } from './paint.js'

export interface AsciicastOptions {
  readonly title: string
  /** How many times as fast as it happened. */
  readonly speed: number
  readonly columns?: number
  readonly rows?: number
}

/** Longest pause, seconds, before the speed is counted in. */
const LONGEST_PAUSE = 3
/** How fast cells are typed, seconds a character. */
const TYPING = 0.03

/**
 * A session as asciinema records it: what plain mode shows, in its time, with cells typed.
 *
 * @see {@link https://docs.asciinema.org/manual/asciicast/v2/} asciicast v2
 */
export function asciicastText(
  records: readonly SessionRecord[],
  { title, speed, columns = 100, rows = 30 }: AsciicastOptions,
): string {
  const paint = paintFor(true)
  const events: [number, 'o', string][] = []
  let clock = 0
  let before = records[0]?.at ?? 0
  let source = ''
  let focus = 'fleet'
  const say = (text: string): void => void events.push([Number(clock.toFixed(6)), 'o', text])
  const lines = (shown: readonly string[]): void => say(shown.map(line => `${line}\r\n`).join(''))
  for (const record of records) {
    clock += Math.min(LONGEST_PAUSE, Math.max(0, record.at - before) / 1000) / speed
    before = record.at
    switch (record.type) {
      case 'session.focus':
        focus = record.pattern === '*' ? 'fleet' : record.pattern
        break
      case 'cell.start':
        source = record.source
        say(paint.cyan(`${focus} ${record.focus.length} › `))
        for (const sign of sanitise(source).replaceAll('\n', '\r\n  … ')) {
          clock += TYPING / speed
          say(sign)
        }
        say('\r\n')
        break
      case 'cell.console':
        say((sanitise(record.text) + (record.text.endsWith('\n') ? '\n' : '')).replaceAll('\n', '\r\n'))
        break
      case 'plan':
        lines(planLines(record.plan, paint, { diff: true }))
        break
      case 'note':
        lines([record.level === 'error' ? paint.red(sanitise(record.text)) : sanitise(record.text)])
        break
      case 'cell.end':
        lines(endLines(record.end, source, paint))
    }
  }
  const header = {
    version: 2,
    width: columns,
    height: rows,
    timestamp: Math.floor((records[0]?.at ?? 0) / 1000),
    title,
  }
  return [header, ...events].map(each => `${JSON.stringify(each)}\n`).join('')
}
