import { styleText } from 'node:util'
import { type Paint, PLAIN_PAINT } from '../../repl/paint.js'

export type { Paint }

const coloured: Paint = {
  bold: text => style('bold', text),
  dim: text => style('dim', text),
  red: text => style('red', text),
  green: text => style('green', text),
  yellow: text => style('yellow', text),
  cyan: text => style('cyan', text),
}

export function paintFor(colors: boolean): Paint {
  return colors ? coloured : PLAIN_PAINT
}

/** Whether to colour what goes to a stream: NO_COLOR and FORCE_COLOR decide, else whether it is a capable terminal. */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  if (environment.NO_COLOR) return false
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0'
  return stream.isTTY === true && environment.TERM !== 'dumb'
}

function style(name: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string): string {
  return styleText(name, text, { validateStream: false })
}
