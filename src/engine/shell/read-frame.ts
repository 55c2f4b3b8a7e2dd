import type { Command } from './frame.js'
import { Words } from './words.js'

/** A frame as the shell on the other side sees it. */
export interface ReadFrame {
  readonly nonce: string
  readonly n: number
  readonly command: Command
  /** The script is the shell's last: it has the streams to itself and its exit is the shell's. */
  readonly last: boolean
  /** What came behind it. */
  readonly rest: string
}

const END = / printf '\\001([0-9a-f]+):(\d+):%d\\n' \$\?; printf '\\001\1:\2:\\n' >&2\n/
const HAND_OVER = /^printf '\\001([0-9a-f]+):(\d+)<\\n'; \( eval /

/**
 * Reads the first whole frame off what was written to a held shell: the inverse of {@link frameText} and {@link handOverText},
 * for simulated hosts.
 *
 * @returns `undefined` until all of it has come.
 * @throws {SyntaxError} for what is no frame.
 */
export function readFrame(text: string): ReadFrame | undefined {
  const handOver = HAND_OVER.exec(text)
  if (handOver) return readHandOver(text, handOver)
  const end = END.exec(text)
  if (!end) return undefined
  const [all, nonce = '', n = ''] = end
  const command = readBody(text.slice(0, end.index))
  return { nonce, n: Number(n), command, last: false, rest: text.slice(end.index + all.length) }
}

function readHandOver(text: string, [head, nonce = '', n = '']: RegExpExecArray): ReadFrame | undefined {
  const tail = ' ); exit $?\n'
  if (!text.includes(tail)) return undefined
  const words = new Words(text.slice(head.length))
  const script = words.next()
  if (script === undefined || !words.rest.startsWith(tail)) return undefined
  const rest = words.rest.slice(tail.length)
  return { nonce, n: Number(n), command: { script, stdin: true }, last: true, rest }
}

function readBody(body: string): Command {
  const plain = /^\{ ([\s\S]*)\n\} <\/dev\/null;$/.exec(body)
  if (plain && !plain[1]?.startsWith("eval '")) return { script: plain[1] ?? '' }
  const bare = /^\{ eval ([\s\S]*); \} <\/dev\/null;$/.exec(body)
  if (bare) return { script: new Words(bare[1] ?? '').next() ?? '', bare: true }
  const steps = /^\( (?:(printf '\\001[0-9a-f]+:\d+<\\n') && )?([\s\S]*) \)( <\/dev\/null)?;$/.exec(body)
  if (!steps) throw new SyntaxError(`no frame: ${body.slice(0, 100)}`)
  return { ...readSteps(new Words(steps[2] ?? '')), ...(steps[1] ? { stdin: true } : {}) }
}

function readSteps(words: Words): Command {
  const env: Record<string, string> = {}
  let cwd: string | undefined
  for (;;) {
    const verb = words.next()
    const about = cwd === undefined ? {} : { cwd }
    const variables = Object.keys(env).length === 0 ? {} : { env }
    switch (verb) {
      case 'cd':
        cwd = words.next() ?? ''
        break
      case 'export': {
        const [name = '', ...value] = (words.next() ?? '').split('=')
        env[name] = value.join('=')
        break
      }
      case 'eval':
        return { script: words.next() ?? '', ...about, ...variables }
      case 'exec': {
        const shell = words.next() ?? ''
        words.next()
        return { script: words.next() ?? '', shell, ...about, ...variables }
      }
      case '&&':
        break
      default:
        throw new SyntaxError(`no step of a frame: ${verb}`)
    }
  }
}
