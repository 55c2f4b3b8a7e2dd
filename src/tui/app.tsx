import type { ReadStream, WriteStream } from 'node:tty'
import { UsageError } from '../engine/errors.js'
import type { SessionPort, SessionRecord } from '../repl/protocol.js'
import type { BegunSession } from '../repl/session.js'
import { durationText } from './document/duration.js'
import { themeFor } from './document/theme.js'
import { editText, openInEditor } from './outside/run-editor.js'
import { fits, SMALLEST } from './panes/layout.js'
import { ScreenTree } from './panes/screen-tree.js'
import type { ScreenSize } from './screen/frame.js'
import { openScreen, type Screen, type ScreenOptions } from './screen/screen.js'
import { SignsContext } from './screen/signs.js'
import { Shells } from './shells/shells.js'
import { watchDraft } from './state/assistant.js'
import { effectRunner } from './state/effects.js'
import { openStore } from './state/store.js'
import { initialView, type View } from './state/view.js'

/** What a screen tells of the terminal. */
export type ScreenHooks = Pick<ScreenOptions, 'onInput' | 'onResize' | 'onGone'>

export interface ScreenSessionOptions {
  /** The terminal's input; default `process.stdin`. */
  readonly stdin?: ReadStream
  /** The terminal's output; default `process.stdout`. */
  readonly stdout?: WriteStream & { readonly fd: number }
  /** What has happened since the session was opened: `session.start` above all. */
  readonly earlier?: readonly SessionRecord[]
  /** A colon command that is run when it is open, as if it had been typed. */
  readonly first?: string
  /** Default: unless `NO_COLOR` is set to something (https://no-color.org). */
  readonly colour?: boolean
}

/**
 * Whether {@link runScreen} can draw in this terminal; below it, plain mode serves.
 *
 * @example
 * if (!screenFits({ cols: process.stdout.columns, rows: process.stdout.rows })) runPlain(session)
 */
export const screenFits = fits

/**
 * Shows a session on the whole terminal until the person leaves it, then closes the session and gives the terminal back.
 *
 * @param begin begins the session, once the first frame is on the screen: what it starts takes processors that drawing needs
 * @throws {UsageError} the terminal is smaller than 80×24, or the session cannot be opened
 */
export async function runScreen(begin: () => BegunSession, options: ScreenSessionOptions = {}): Promise<void> {
  const { stdin = process.stdin, stdout = process.stdout, colour = !process.env.NO_COLOR } = options
  const size = { cols: stdout.columns, rows: stdout.rows }
  refuseSmall(size)
  let hooks: ScreenHooks | undefined
  const screen = openScreen({
    stdin,
    stdout,
    onInput: event => hooks?.onInput(event),
    onResize: next => hooks?.onResize(next),
    onGone: () => hooks?.onGone(),
  })
  screen.draw(frameOf(initialView(size, Date.now()), colour))
  const { session, opened } = await begun(begin, screen)
  const show = (given: ScreenHooks): Screen => {
    hooks = given
    return screen
  }
  return showSession(session, show, {
    size,
    colour,
    opened,
    ...(options.earlier ? { earlier: options.earlier } : {}),
    ...(options.first === undefined ? {} : { first: options.first }),
  })
}

async function begun(begin: () => BegunSession, screen: Screen): Promise<BegunSession> {
  try {
    return begin()
  } catch (error) {
    await screen.close()
    throw error
  }
}

export interface ShowOptions extends Pick<ScreenSessionOptions, 'earlier' | 'first'> {
  /** The session is shown while it is being opened; when that fails, the screen is left. */
  readonly opened?: Promise<void>
  readonly size: ScreenSize
  readonly colour: boolean
  /** The time, milliseconds since the epoch; default the real one. */
  readonly now?: () => number
}

/** The same on any screen: a terminal, or an emulator in a test. */
export async function showSession(
  session: SessionPort,
  open: (hooks: ScreenHooks) => Screen,
  { size, colour, earlier = [], opened = Promise.resolve(), first, now = Date.now }: ShowOptions,
): Promise<void> {
  refuseSmall(size)
  const tree = (view: View) => frameOf(view, colour)
  let leave = () => {}
  const left = new Promise<void>(resolve => {
    leave = resolve
  })
  const screen = open({
    onInput: event => store.dispatch({ kind: 'input', event, now: now() }),
    onResize: next => store.dispatch({ kind: 'resized', size: next }),
    onGone: () => leave(),
  })
  const store = openStore({
    initial: initialView(size, now()),
    draw: view => {
      screen.draw(tree(view))
      assistant.look(view)
    },
    perform: effect => perform(effect),
    now,
  })
  const assistant = watchDraft(session, store.dispatch)
  const shells = new Shells(session, store.dispatch)
  const perform = effectRunner({
    session,
    dispatch: store.dispatch,
    suspend: () => void suspend(screen),
    copy: text => screen.copy(text),
    attach: host => attachShell(session, screen, host),
    shells,
    redraw: () => screen.redraw(),
    editText: (text, place) => editText(screen, text, place),
    openFile: opening => openInEditor(screen, opening),
    quit: () => leave(),
  })
  for (const record of earlier) store.record(record)
  const stopListening = session.listen(store.record)
  session.history().then(
    entries => store.dispatch({ kind: 'history', inputs: entries.map(({ text }) => text) }),
    () => store.dispatch({ kind: 'notice', text: 'Earlier inputs could not be read.' }),
  )
  screen.draw(tree(store.view))
  try {
    const begun = opened.then(() => {
      if (first !== undefined) store.dispatch({ kind: 'command', line: first })
      return left
    })
    await Promise.race([left, begun])
    store.dispatch({ kind: 'notice', text: 'Closing connections …' })
    await session.close()
  } finally {
    stopListening()
    assistant.close()
    shells.close()
    store.close()
    await screen.close()
  }
}

function refuseSmall(size: ScreenSize): void {
  if (fits(size)) return
  throw new UsageError(
    `The screen needs ${SMALLEST.cols}×${SMALLEST.rows} and this terminal is ${size.cols}×${size.rows}: enlarge it, or use --plain.`,
  )
}

const frameOf = (view: View, colour: boolean) => (
  <SignsContext value={view.settings.signs === 'ascii'}>
    <ScreenTree view={view} theme={themeFor(colour, view.settings.theme)} />
  </SignsContext>
)

/** Opens a shell on a host and gives it the terminal. What the session asks meanwhile is answered on the screen, before it goes. */
async function attachShell(session: SessionPort, screen: Screen, host: string): Promise<string> {
  const { cols: columns, rows } = screen.size
  const { TERM: term } = process.env
  const shell = await session.attach(host, { columns, rows, ...(term === undefined ? {} : { term }) })
  const since = performance.now()
  const { code, signal } = await screen.attach(shell)
  const how = signal === undefined ? `with ${code ?? 'no exit code'}` : `by ${signal}`
  return `The shell on ${host} ended ${how} after ${durationText(performance.now() - since)}.`
}

/** Stops the process with the terminal given back, as shells expect of `^Z`. */
async function suspend(screen: Screen): Promise<void> {
  await screen.suspend()
  process.once('SIGCONT', () => screen.resume())
  process.kill(process.pid, 'SIGTSTP')
}
