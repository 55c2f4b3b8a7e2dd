import { onTestFinished } from 'vitest'
import type { SessionPort } from '../../../src/repl/protocol.js'
import { type EmulatedOptions, EmulatedScreen } from './emulated-screen.js'

/** A session on a screen that is closed when the test has ended. */
export function show(session: SessionPort, options: EmulatedOptions = { cols: 120, rows: 40 }): EmulatedScreen {
  const screen = new EmulatedScreen(session, options)
  onTestFinished(async () => {
    screen.hangUp()
    await screen.left
  })
  return screen
}
