import { quote } from '../../engine/shell/quote.js'

/** Size in characters. */
export interface WindowSize {
  readonly rows: number
  readonly cols: number
}

/** A pseudo-terminal inside a sandbox. */
export interface Terminal {
  /** The given command, on the terminal: `script(1)` of util-linux makes one without a compiler or root. */
  run(command: string): string
  /** The command, to be run beside it, that gives the terminal another size; the kernel then sends SIGWINCH. */
  resize(size: WindowSize): string
}

let opened = 0

export function terminal(size: WindowSize): Terminal {
  opened += 1
  // The terminal's device is known only inside, so it leaves its name there.
  const device = `/.demo/tty-${opened}`
  return {
    run: command => {
      const onTerminal = `stty sane ${sizeArguments(size)}\ntty > ${device}\n${command}`
      return `exec script -qec ${quote(onTerminal)} /dev/null`
    },
    resize: newSize => `stty -F "$(cat ${device})" ${sizeArguments(newSize)}`,
  }
}

function sizeArguments({ rows, cols }: WindowSize): string {
  return `rows ${rows} cols ${cols}`
}
