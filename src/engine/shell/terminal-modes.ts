/** Modes of a terminal that programs switch on and must switch off again, and what switches each off (xterm's ctlseqs). */
const PRIVATE = new Set([
  '1',
  '9',
  '47',
  '1000',
  '1001',
  '1002',
  '1003',
  '1004',
  '1005',
  '1006',
  '1015',
  '1016',
  '1047',
  '1049',
  '2004',
  '2026',
])
/** On in a terminal that nobody has touched: cursor shown, lines wrapped. */
const ON_BY_DEFAULT = new Set(['7', '25'])
/** `CSI ? … h/l`, `ESC =`, `ESC >`, and how much of one may be cut off by the end of a chunk. */
const SEQUENCE = /\x1b\[\?([\d;]{1,64})([hl])|\x1b([=>])/g
const UNFINISHED = /\x1b(?:\[(?:\?[\d;]{0,64})?)?$/

/** Watches what a program writes to a terminal, so that the terminal can be set right when the program is cut off. */
export class TerminalModes {
  readonly #changed = new Set<string>()
  #keypad = false
  #held = ''

  watch(chunk: Uint8Array): void {
    const text = this.#held + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    for (const [, modes, how, keypad] of text.matchAll(SEQUENCE)) {
      if (keypad !== undefined) this.#keypad = keypad === '='
      for (const mode of modes?.split(';') ?? []) this.#note(mode, how === 'h')
    }
    this.#held = UNFINISHED.exec(text)?.[0] ?? ''
  }

  /** What brings the terminal back; empty when nothing was left changed. Leaving the alternate buffer comes last: it restores the cursor. */
  restore(): string {
    const last = (mode: string) => ['47', '1047', '1049'].includes(mode)
    const modes = [...this.#changed].sort((a, b) => Number(last(a)) - Number(last(b)))
    const back = modes.map(mode => `\x1b[?${mode}${ON_BY_DEFAULT.has(mode) ? 'h' : 'l'}`).join('')
    return `${this.#keypad ? '\x1b>' : ''}${back}`
  }

  #note(mode: string, on: boolean): void {
    if (!PRIVATE.has(mode) && !ON_BY_DEFAULT.has(mode)) return
    if (on === ON_BY_DEFAULT.has(mode)) this.#changed.delete(mode)
    else this.#changed.add(mode)
  }
}
