import { type Paint, paintFor, wantsColor } from './render/paint.js'

/** Where a command writes: data to stdout, talk to stderr. */
export interface Output {
  readonly json: boolean
  /** Colours for stdout. */
  readonly paint: Paint
  /** Colours for stderr. */
  readonly talkPaint: Paint
  /** Lines of data. */
  data(lines: string | readonly string[]): void
  /** A record of data, as one line of JSON. */
  record(value: unknown): void
  /** Lines of talk: progress, questions, remarks. */
  talk(lines: string | readonly string[]): void
}

export function processOutput(json: boolean): Output {
  return {
    json,
    paint: paintFor(wantsColor(process.stdout)),
    talkPaint: paintFor(wantsColor(process.stderr)),
    data: lines => write(process.stdout, lines),
    record: value => write(process.stdout, JSON.stringify(value)),
    talk: lines => write(process.stderr, lines),
  }
}

function write(stream: NodeJS.WriteStream, lines: string | readonly string[]): void {
  const text = typeof lines === 'string' ? lines : lines.join('\n')
  if (typeof lines === 'string' || lines.length > 0) stream.write(`${text}\n`)
}
