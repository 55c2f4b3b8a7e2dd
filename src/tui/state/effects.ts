import type { CellEnd, CommandReply, SessionPort } from '../../repl/protocol.js'
import type { Opening } from '../outside/editor-command.js'
import type { Shells } from '../shells/shells.js'
import { latestOnly } from './latest-only.js'
import type { Effect, Message } from './message.js'

/** What only the terminal's owner can do. */
export interface Surroundings {
  readonly session: SessionPort
  readonly dispatch: (message: Message) => void
  /** Stops the process until it is continued. */
  readonly suspend: () => void
  readonly copy: (text: string) => void
  /** Gives the terminal to a shell on a host until that ends. Resolves to what there is to say about it. */
  readonly attach: (host: string) => Promise<string>
  /** Shells on several hosts at once. */
  readonly shells: Pick<Shells, 'open' | 'send' | 'resize' | 'close'>
  /** Draws the whole screen again. */
  readonly redraw: () => void
  /** Gives the terminal to the person's editor: for a draft, which comes back as it was saved, or for a file. */
  readonly editText: (text: string, place: { readonly line: number; readonly column: number }) => Promise<string>
  readonly openFile: (opening: Opening) => Promise<void>
  readonly quit: () => void
}

/** Milliseconds of no typing after which completions are asked for by themselves. */
const PAUSE = 40

/** What takes longer, milliseconds, since hosts are asked, does not keep later questions waiting. */
const SLOW_ANSWER = 300

/** Does what the view wants done. Nothing here is waited for: answers come back as messages. */
export function effectRunner({
  session,
  dispatch,
  suspend,
  attach,
  shells,
  copy,
  redraw,
  editText,
  openFile,
  quit,
}: Surroundings): (effect: Effect) => void {
  let pause: NodeJS.Timeout | undefined
  const failed = (error: unknown) => dispatch({ kind: 'notice', text: sentenceOf(error) })
  const complete = latestOnly((effect: Extract<Effect, { kind: 'complete' }>) => {
    const { source, position, revision, asked } = effect
    return session.complete(source, position).then(
      items => dispatch({ kind: 'completions', revision, asked, items }),
      error => (asked ? failed(error) : undefined),
    )
  }, SLOW_ANSWER)
  /** What a text says that comes at the end of an entry. */
  const replied = (entry: number, text: Promise<string>) =>
    void text.then(
      said => dispatch({ kind: 'replied', entry, end: { kind: 'ok', value: { kind: 'text', text: said } } }),
      error => dispatch({ kind: 'replied', entry, end: errorEnd(error) }),
    )
  return effect => {
    switch (effect.kind) {
      case 'run':
        session.run(effect.source, { force: effect.force }).then(
          end => dispatch({ kind: 'ran', end: end.kind }),
          error => {
            failed(error)
            dispatch({ kind: 'ran', end: 'error' })
          },
        )
        return
      case 'check':
        session.check(effect.source).then(
          problems => dispatch({ kind: 'checked', source: effect.source, problems }),
          error => {
            failed(error)
            dispatch({ kind: 'checked', source: effect.source, problems: [] })
          },
        )
        return
      case 'command':
        session.command(effect.line).then(
          reply =>
            reply.kind === 'quit' ? quit() : dispatch({ kind: 'replied', entry: effect.entry, end: endOf(reply) }),
          error => dispatch({ kind: 'replied', entry: effect.entry, end: errorEnd(error) }),
        )
        return
      case 'complete':
        clearTimeout(pause)
        if (effect.asked) complete(effect)
        else pause = setTimeout(complete, PAUSE, effect)
        return
      case 'facts':
        session.facts(effect.host, effect.afresh).then(
          facts => dispatch({ kind: 'facts', host: effect.host, facts }),
          error => dispatch({ kind: 'facts failed', host: effect.host, error: sentenceOf(error) }),
        )
        return
      case 'examine':
        session.command(`doctor ${effect.host}`).then(
          reply => dispatch({ kind: 'examined', host: effect.host, text: reply.kind === 'text' ? reply.text : '' }),
          error => dispatch({ kind: 'examined', host: effect.host, text: sentenceOf(error) }),
        )
        return
      case 'find':
        if (effect.of === 'history')
          session.history().then(entries => dispatch({ kind: 'found', of: 'history', entries }), failed)
        else session.names().then(names => dispatch({ kind: 'found', of: 'everything', names }), failed)
        return
      case 'interrupt':
        session.interrupt()
        return
      case 'decide':
        session.decide(effect.id, effect.decision)
        return
      case 'answer':
        session.answer(effect.id, effect.answer)
        return
      case 'select':
        session.select(effect.hosts)
        return
      case 'arrange':
        session.arrange(effect.cells)
        return
      case 'attach':
        replied(effect.entry, attach(effect.host))
        return
      case 'open shells':
        replied(effect.entry, shells.open(effect.hosts, effect))
        return
      case 'type into shells':
        shells.send(effect.hosts, effect.event)
        return
      case 'resize shells':
        shells.resize(effect)
        return
      case 'close shells':
        shells.close()
        return
      case 'copy':
        copy(effect.text)
        return
      case 'definition':
        session
          .definition(effect.source, effect.position)
          .then(place => dispatch({ kind: 'defined', revision: effect.revision, place }), failed)
        return
      case 'open file':
        openFile({ ...effect.place, readOnly: effect.readOnly }).catch(failed)
        return
      case 'edit draft':
        editText(effect.text, effect).then(text => dispatch({ kind: 'edited outside', text }), failed)
        return
      case 'redraw':
        redraw()
        return
      case 'suspend':
        suspend()
        return
      case 'quit':
        quit()
        return
    }
  }
}

function endOf(reply: Exclude<CommandReply, { kind: 'quit' }>): CellEnd {
  if (reply.kind === 'display') return { kind: 'ok', value: reply.display }
  return { kind: 'ok', value: reply.text === '' ? { kind: 'nothing' } : { kind: 'text', text: reply.text } }
}

function errorEnd(error: unknown): CellEnd {
  return { kind: 'error', error: { name: 'UsageError', message: sentenceOf(error), frames: [] } }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
