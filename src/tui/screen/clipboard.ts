/** Bytes of a text that terminals take at once; xterm and tmux refuse longer ones whole. */
const MOST = 74_000

/**
 * The control sequence that puts a text into the clipboard of the terminal the person sits at, over ssh too.
 *
 * @see https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, OSC 52
 */
export function copySequence(text: string): string {
  return `\x1b]52;c;${Buffer.from(text).subarray(0, MOST).toString('base64')}\x1b\\`
}
