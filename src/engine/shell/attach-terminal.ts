import type { ReadStream, WriteStream } from 'node:tty'
import type { ChannelExit } from '../connect/connector.js'
import { UsageError } from '../errors.js'
import { HangUpKeys } from './hang-up-keys.js'
import type { InteractiveShell } from './interactive-shell.js'
import { TerminalModes } from './terminal-modes.js'

/** The keyboard of a terminal: `process.stdin`. */
export type AttachedInput = Pick<
  ReadStream,
  'isTTY' | 'isRaw' | 'setRawMode' | 'on' | 'off' | 'pause' | 'resume' | 'isPaused'
>
/** The screen of a terminal: `process.stdout`. */
export type AttachedOutput = NodeJS.WritableStream & Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>

/** A shell on a terminal of its own, here or in another process. */
export type AttachedShell = Pick<InteractiveShell, 'stdin' | 'stdout' | 'exit' | 'resize' | 'close'>

/** See {@link InteractiveShell.attach}. */
export async function attachTerminal(
  shell: AttachedShell,
  input: AttachedInput,
  output: AttachedOutput,
): Promise<ChannelExit> {
  if (!input.isTTY || !output.isTTY) throw new UsageError('A shell can only be attached to a terminal.')
  const modes = new TerminalModes()
  const hangUp = new HangUpKeys()
  const wasRaw = input.isRaw
  const wasPaused = input.isPaused()
  const type = (chunk: Buffer) => {
    const typed = hangUp.take(chunk)
    if (typed.keys.length > 0) shell.stdin.write(typed.keys)
    if (typed.hangUp) shell.close()
  }
  const fitWindow = () => shell.resize({ columns: output.columns, rows: output.rows })
  const show = (chunk: Buffer) => {
    modes.watch(chunk)
    if (output.write(chunk)) return
    shell.stdout.pause()
    output.once('drain', () => shell.stdout.resume())
  }
  const gone = () => shell.close()
  const rawModeOff = () => input.setRawMode(wasRaw)
  input.setRawMode(true)
  process.on('exit', rawModeOff)
  process.on('SIGHUP', gone)
  process.on('SIGTERM', gone)
  input.on('data', type)
  input.on('end', gone)
  output.on('resize', fitWindow)
  fitWindow()
  shell.stdout.on('data', show)
  input.resume()
  shell.stdout.resume()
  try {
    return await shell.exit
  } finally {
    shell.stdout.off('data', show)
    output.off('resize', fitWindow)
    input.off('data', type)
    input.off('end', gone)
    if (wasPaused) input.pause()
    const restore = modes.restore()
    if (restore !== '') output.write(restore)
    rawModeOff()
    process.off('exit', rawModeOff)
    process.off('SIGHUP', gone)
    process.off('SIGTERM', gone)
  }
}
