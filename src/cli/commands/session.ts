import { UsageError } from '../../engine/errors.js'
import type { InventorySpec } from '../../engine/inventory/spec.js'
import { historyDirectory, notebookNamed } from '../../journal/place.js'
import { prepareLater } from '../../repl/language/snapshot.js'
import { openNotebook } from '../../repl/notebook/notebook-file.js'
import type { SessionPort } from '../../repl/protocol.js'
import { beginSession, openSession, type SessionOptions } from '../../repl/session.js'
import { processOutput } from '../output.js'
import { wantsColor } from '../render/paint.js'
import type { CommonFlags } from './flags.js'

/** `muster [INVENTORY]`: a session, in panes where the terminal can hold them. */
export function openInteractive(
  inventory: string | InventorySpec | undefined,
  flags: CommonFlags,
  opened: Pick<SessionOptions, 'notebook' | 'isGuide'> = {},
): Promise<number> {
  const options = sessionOptions(inventory, flags, { connect: true, ...opened })
  return wantsPanes(flags) ? inPanes(options, flags) : asLines(options, flags)
}

/** `muster open SESSION [INVENTORY]`: a saved notebook in a session, by default on the inventory it was saved with; nothing of it runs by itself. */
export async function openSaved(session: string, inventory: string | undefined, flags: CommonFlags): Promise<number> {
  const { notebook } = await openNotebook(notebookNamed(historyDirectory(process.cwd()), session))
  if (inventory !== undefined || flags.sshConfig) return openInteractive(inventory, flags, { notebook: session })
  if (notebook.meta.inventory === 'demo') return (await import('./demo.js')).demo(flags, session)
  return openInteractive(notebook.meta.inventory, flags, { notebook: session })
}

/** `muster replay SESSION`: a session that is over, looked at again without its hosts. */
export async function openRecorded(
  session: string,
  { play, ...flags }: CommonFlags & { readonly play?: boolean | string },
): Promise<number> {
  const options = sessionOptions(undefined, flags, {
    connect: false,
    replay: session,
    replayFrom: play === undefined ? 'end' : 'start',
  })
  const first = play === undefined ? undefined : `play ${play === true ? '' : play}`
  return wantsPanes(flags) ? inPanes(options, flags, first) : asLines(options, flags, { first })
}

/** `muster -e CODE`: one cell, or another line of a session (`:facts`, `files.line?`); its value on stdout. Exit 1 when the code threw or a host failed. */
export async function evaluate(
  inventory: string | InventorySpec | undefined,
  code: string,
  flags: CommonFlags,
): Promise<number> {
  return asLines(sessionOptions(inventory, flags, { connect: false }), flags, { code })
}

function sessionOptions(
  inventory: string | InventorySpec | undefined,
  flags: CommonFlags,
  more: Pick<SessionOptions, 'connect' | 'notebook' | 'isGuide' | 'replay' | 'replayFrom'>,
): SessionOptions {
  return {
    inventory,
    directory: process.cwd(),
    colors: wantsColor(process.stdout),
    ...(flags.sshConfig === undefined ? {} : { sshConfig: flags.sshConfig }),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...more,
  }
}

function wantsPanes({ plain, json }: CommonFlags): boolean {
  return !plain && !json && process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb'
}

/**
 * A session in panes; as lines where the terminal is too small for them.
 *
 * @param first a colon command that is run when it opens
 */
async function inPanes(options: SessionOptions, flags: CommonFlags, first?: string): Promise<number> {
  const { runScreen, screenFits } = await import('../../tui/app.js')
  const { columns, rows } = process.stdout
  if (!screenFits({ cols: columns, rows })) {
    process.stderr.write(`The terminal is ${columns}×${rows}; panes need 80×24, so this is plain mode.\n`)
    return asLines(options, flags, { first })
  }
  const stop = prepareLater()
  try {
    await runScreen(() => beginSession(options), {
      colour: wantsColor(process.stdout),
      ...(first === undefined ? {} : { first }),
    })
  } finally {
    await stop()
  }
  return 0
}

async function asLines(
  options: SessionOptions,
  flags: CommonFlags,
  { code, first }: { readonly code?: string; readonly first?: string | undefined } = {},
): Promise<number> {
  const { PlainSession } = await import('../plain/session.js')
  const output = processOutput(flags.json ?? false)
  const session = await openSession(options)
  const plain = new PlainSession(session, output, process.stdin)
  const stop = session.listen(record => {
    if (code === undefined || record.type !== 'session.start') plain.show(record)
  })
  try {
    if (first !== undefined) await session.command(first)
    return code === undefined ? await plain.run() : await plain.evaluate(code)
  } finally {
    await closeQuietly(session)
    stop()
  }
}

async function closeQuietly(session: SessionPort): Promise<void> {
  try {
    await session.close()
  } catch (error) {
    if (error instanceof UsageError) throw error
  }
}
