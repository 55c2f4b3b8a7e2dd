import type { Engine } from '../../engine/engine.js'
import type { SessionEvent } from '../protocol.js'
import { NotebookBeside, type OutsideEdit } from './notebook-beside.js'
import type { PromptGlobals } from './prompt-globals.js'

interface OpenNotebookOptions {
  /** The folder of notebooks, and where the person works. */
  readonly history: string
  readonly directory: string
  readonly globals: PromptGlobals
  readonly emit: (event: SessionEvent) => void
}

/** A notebook that is open beside a session: its cells are shown, and shown again when somebody changes its file. */
export class OpenNotebook {
  readonly beside: NotebookBeside
  readonly #options: OpenNotebookOptions
  readonly #unwatch: () => void
  #isOpen = true

  private constructor(beside: NotebookBeside, options: OpenNotebookOptions) {
    this.beside = beside
    this.#options = options
    this.#unwatch = beside.watch(() => void this.#look())
    const { focus } = beside
    if (focus !== undefined && focus !== '*' && options.globals.pattern === '*') this.#focusAs(focus)
    this.#show()
  }

  /** Opens a saved notebook. @throws {UsageError} when there is none of that name. */
  static async open(name: string, options: OpenNotebookOptions): Promise<OpenNotebook> {
    return new OpenNotebook(await NotebookBeside.open(options.history, name, options.directory), options)
  }

  /** The hosts that one of its cells was saved with; none where it was all in focus. */
  hostsOf(number: number, { universe, fleet }: Engine): readonly string[] | undefined {
    const focus = this.beside.focusOf(number)
    return focus === undefined ? undefined : (universe.groups.get(focus) ?? fleet.match(focus).names)
  }

  close(): void {
    this.#isOpen = false
    this.#unwatch()
  }

  /** The focus that it was saved with, where this inventory has such hosts. */
  #focusAs(pattern: string): void {
    const { globals, emit } = this.#options
    try {
      globals.setFocus(pattern)
    } catch (error) {
      this.#warn(`The focus of the notebook is not taken: ${error instanceof Error ? error.message : error}`)
      return
    }
    emit({ type: 'session.focus', pattern: globals.pattern, hosts: globals.focus })
  }

  #show(altered?: readonly number[]): void {
    const { name, title, views, problems } = this.beside
    this.#options.emit({ type: 'notebook.opened', name, title, cells: views, ...(altered ? { altered } : {}) })
    for (const text of problems) this.#warn(text)
  }

  /** Shows it again when somebody changed its file. */
  async #look(): Promise<void> {
    if (!this.#isOpen) return
    try {
      const edit = await this.beside.look()
      if (!edit) return
      this.#show(edit.altered)
      this.#options.emit({ type: 'note', level: 'info', text: outsideText(this.beside.name, edit) })
    } catch (error) {
      this.#warn(`The notebook cannot be read any more: ${error instanceof Error ? error.message : error}`)
    }
  }

  #warn(text: string): void {
    this.#options.emit({ type: 'note', level: 'warning', text })
  }
}

/** `fix was changed outside: changed or new is cell 4; one is gone.` */
function outsideText(name: string, { altered, removed }: OutsideEdit): string {
  const cells = altered.length === 1 ? 'is cell' : 'are cells'
  const what = [
    ...(altered.length === 0 ? [] : [`changed or new ${cells} ${altered.join(', ')}`]),
    ...(removed === 0 ? [] : [`${removed === 1 ? 'one is' : `${removed} are`} gone`]),
  ]
  return `${name} was changed outside${what.length === 0 ? '' : `: ${what.join('; ')}`}.`
}
