import { fileURLToPath } from 'node:url'
import { demoUnavailable } from '../../demo/available.js'
import { startDemoFleet } from '../../demo/fleet.js'
import { UsageError } from '../../engine/errors.js'
import type { CommonFlags } from './flags.js'
import { evaluate, openInteractive } from './session.js'

/** The guided notebook that comes with muster. */
const WELCOME = fileURLToPath(new URL('../../../history/welcome.ts', import.meta.url))

/** `muster demo`: a session on an embedded fleet; everything it makes goes with it. With `-e`, one line on it. */
export async function demo(
  { eval: code, ...flags }: CommonFlags & { readonly eval?: string },
  notebook = WELCOME,
): Promise<number> {
  const reason = demoUnavailable()
  if (reason !== undefined) throw new UsageError(reason)
  const fleet = await startDemoFleet()
  try {
    return await (code === undefined
      ? openInteractive(fleet.inventory, flags, { notebook, isGuide: notebook === WELCOME })
      : evaluate(fleet.inventory, code, flags))
  } finally {
    await fleet.stop()
  }
}
