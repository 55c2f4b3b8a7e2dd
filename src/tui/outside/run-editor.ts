import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MusterError } from '../../engine/errors.js'
import type { Screen } from '../screen/screen.js'
import { editorCommand, editorOf, type Opening } from './editor-command.js'

type Terminal = Pick<Screen, 'suspend' | 'resume'>

/** What `sh` ends with when there is no such command. */
const NOT_FOUND = 127

/**
 * Opens a file in the person's editor, which has the terminal until it ends.
 *
 * @throws {MusterError} when the editor cannot be run, or ends with anything but 0
 */
export async function openInEditor(terminal: Terminal, opening: Opening): Promise<void> {
  const editor = editorOf(process.env)
  await terminal.suspend()
  try {
    const child = spawn('/bin/sh', [...editorCommand(editor, opening)], { stdio: 'inherit' })
    const [code, signal]: unknown[] = await once(child, 'exit')
    if (code === NOT_FOUND) throw new MusterError(`The editor ${editor} is not there: set $VISUAL or $EDITOR to yours.`)
    if (code !== 0)
      throw new MusterError(`The editor ${editor} ended with ${String(code ?? signal)}: nothing was taken over.`)
  } finally {
    terminal.resume()
  }
}

/**
 * Has a text edited in the person's editor.
 *
 * @returns the text as it was saved
 * @throws {MusterError} when the editor cannot be run, or ends with anything but 0
 */
export async function editText(
  terminal: Terminal,
  text: string,
  place: Pick<Opening, 'line' | 'column'>,
): Promise<string> {
  // a folder of its own, which nobody else may look into
  const folder = mkdtempSync(join(tmpdir(), 'muster-draft-'))
  const file = join(folder, 'draft.ts')
  try {
    writeFileSync(file, `${text}\n`, { mode: 0o600 })
    await openInEditor(terminal, { file, ...place, wait: true })
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
