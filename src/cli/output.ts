import { stripVTControlCharacters } from 'node:util'
import type { Redactor } from '../engine/redact.js'
import { sanitise } from '../engine/text/sanitise.js'
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
  const colour = wantsColor(process.stdout)
  return {
    json,
    paint: paintFor(colour),
    talkPaint: paintFor(wantsColor(process.stderr)),
    data: lines => write(process.stdout, colour ? lines : withoutColour(lines)),
    record: value => write(process.stdout, JSON.stringify(value)),
    talk: lines =>
      write(
        process.stderr,
        [lines].flat().map(line => sanitise(line, { colour: wantsColor(process.stderr) })),
      ),
  }
}

/** The same output with secrets taken out of all that passes. */
export function redacted(output: Output, redactor: Redactor): Output {
  const lines = (given: string | readonly string[]): readonly string[] =>
    [given].flat().map(line => redactor.text(line))
  return {
    ...output,
    data: given => output.data(lines(given)),
    record: value => output.record(redactor.data(value)),
    talk: given => output.talk(lines(given)),
  }
}

/** Where no colours are wanted, those of hosts are not either. */
function withoutColour(lines: string | readonly string[]): string | readonly string[] {
  return typeof lines === 'string' ? stripVTControlCharacters(lines) : lines.map(line => stripVTControlCharacters(line))
}

function write(stream: NodeJS.WriteStream, lines: string | readonly string[]): void {
  const text = typeof lines === 'string' ? lines : lines.join('\n')
  if (typeof lines === 'string' || lines.length > 0) stream.write(`${text}\n`)
}
