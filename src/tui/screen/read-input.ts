import type { ReadStream } from 'node:tty'
import { InputDecoder } from './input.js'
import type { InputEvent } from './input-event.js'

/** Milliseconds after which an `ESC` with nothing behind it is the Escape key: longer than a sequence takes over a slow link. */
const ESCAPE_TIMEOUT = 50

/**
 * Reads keys from the terminal in raw mode and passes each to `onEvent`.
 *
 * @param onGone called when there will be no more input: the terminal is gone
 * @returns stops reading and leaves raw mode
 */
export function readInput(stdin: ReadStream, onEvent: (event: InputEvent) => void, onGone: () => void): () => void {
  const decoder = new InputDecoder()
  let timer: NodeJS.Timeout | undefined
  const emit = (events: readonly InputEvent[]) => {
    for (const event of events) onEvent(event)
  }
  const listener = (chunk: Buffer) => {
    clearTimeout(timer)
    emit(decoder.push(chunk))
    if (decoder.waiting) timer = setTimeout(() => emit(decoder.flush()), ESCAPE_TIMEOUT)
  }
  stdin.setRawMode(true)
  stdin.on('data', listener)
  stdin.on('error', onGone)
  stdin.on('end', onGone)
  stdin.resume()
  return () => {
    clearTimeout(timer)
    stdin.off('data', listener)
    stdin.off('error', onGone)
    stdin.off('end', onGone)
    stdin.pause()
    if (!stdin.destroyed) stdin.setRawMode(false)
  }
}
