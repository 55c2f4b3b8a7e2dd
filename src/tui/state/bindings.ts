import type { Pane } from './view.js'

/** Where keys mean something of their own; `everywhere` is looked at last. */
export type Context = Pane | 'finder' | 'completion' | 'filter' | 'everywhere'

export interface Binding {
  readonly context: Context
  /** Keys as `chordOf` names them; the first is the one that is shown. */
  readonly keys: readonly string[]
  readonly action: Action
  /** What it does, in a few words. */
  readonly help: string
  /** Also in the footer, under this shorter name. */
  readonly footer?: string
}

export type Action =
  | 'run'
  | 'run anyway'
  | 'fix'
  | 'new line'
  | 'complete'
  | 'history back'
  | 'history on'
  | 'page up'
  | 'page down'
  | 'next completion'
  | 'previous completion'
  | 'take completion'
  | 'close'
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'open'
  | 'shut'
  | 'mark'
  | 'unmark all'
  | 'focus'
  | 'filter'
  | 'choose'
  | 'show diff'
  | 'show output'
  | 'next tab'
  | 'previous tab'
  | 'to prompt'
  | 'approve all'
  | 'approve rest'
  | 'approve groups'
  | 'yes'
  | 'no'
  | 'decline'
  | 'confirm'
  | 'erase'
  | 'clear'
  | 'next pane'
  | 'previous pane'
  | 'help'
  | 'interrupt'
  | 'leave'
  | 'suspend'
  | 'answer'
  | 'find in history'
  | 'find anything'

const bind = (context: Context, keys: string, action: Action, help: string, footer?: string): Binding => ({
  context,
  keys: keys.split(' '),
  action,
  help,
  ...(footer === undefined ? {} : { footer }),
})

/** Every key of the screen but those of the editor. Footer and key help are made of it. */
export const BINDINGS: readonly Binding[] = [
  bind('prompt', 'enter', 'run', 'run the cell; with an open bracket, a new line', 'run'),
  bind('prompt', 'alt-enter shift-enter ctrl-j', 'new line', 'new line', 'newline'),
  bind('prompt', 'tab', 'complete', 'complete what is before the cursor', 'complete'),
  bind('prompt', 'up', 'history back', 'line up; on the first line, the input before', 'history'),
  bind('prompt', 'down', 'history on', 'line down; on the last line, the input after'),
  bind('prompt', 'f4', 'fix', 'put the problem at the cursor right, where that is offered'),
  bind('prompt', 'f5', 'run anyway', 'run in spite of type errors'),
  bind('prompt', 'pageup', 'page up', 'scroll the cells up'),
  bind('prompt', 'pagedown', 'page down', 'scroll the cells down'),
  bind('prompt', 'escape', 'close', 'take away what is shown about the draft'),
  bind('completion', 'tab enter', 'take completion', 'take the selected completion', 'take it'),
  bind('completion', 'down ctrl-n', 'next completion', 'next completion', 'next'),
  bind('completion', 'up ctrl-p', 'previous completion', 'completion before'),
  bind('completion', 'escape', 'close', 'close the list', 'close'),

  bind('finder', 'enter tab', 'confirm', 'take it', 'take it'),
  bind('finder', 'up ctrl-p', 'up', 'up', 'up'),
  bind('finder', 'down ctrl-n ctrl-r', 'down', 'down', 'down'),
  bind('finder', 'pageup', 'page up', 'a page up'),
  bind('finder', 'pagedown', 'page down', 'a page down'),
  bind('finder', 'backspace ctrl-h', 'erase', 'take a letter back'),
  bind('finder', 'ctrl-u', 'clear', 'begin again'),
  bind('finder', 'escape ctrl-c ctrl-g', 'close', 'close the list', 'close'),

  bind('hosts', 'up k', 'up', 'up'),
  bind('hosts', 'down j', 'down', 'down', 'move'),
  bind('hosts', 'pageup', 'page up', 'a page up'),
  bind('hosts', 'pagedown', 'page down', 'a page down'),
  bind('hosts', 'home', 'first', 'to the first'),
  bind('hosts', 'end', 'last', 'to the last'),
  bind('hosts', 'enter', 'choose', 'show the facts of the host; open or close a group', 'facts'),
  bind('hosts', 'right l', 'open', 'open the group'),
  bind('hosts', 'left h', 'shut', 'close the group'),
  bind('hosts', 'space', 'mark', 'mark: the marked hosts are `sel` in code', 'mark'),
  bind('hosts', '=', 'focus', 'make the marked hosts, or those under the cursor, the focus', 'focus'),
  bind('hosts', '/', 'filter', 'show only hosts whose name holds a text', 'filter'),
  bind('hosts', 'u', 'unmark all', 'take all marks away'),
  bind('filter', 'enter', 'confirm', 'keep the filter', 'keep'),
  bind('filter', 'escape', 'close', 'show all hosts again', 'all hosts'),
  bind('filter', 'backspace', 'erase', 'take a letter back'),

  bind('cells', 'up k', 'up', 'up'),
  bind('cells', 'down j', 'down', 'down', 'move'),
  bind('cells', 'right enter l', 'open', 'show more of it', 'open'),
  bind('cells', 'left h', 'shut', 'show less of it', 'close'),
  bind('cells', 'pageup', 'page up', 'a page up'),
  bind('cells', 'pagedown', 'page down', 'a page down'),
  bind('cells', 'home', 'first', 'to the first cell'),
  bind('cells', 'end', 'last', 'to the end'),
  bind('cells', 'd', 'show diff', 'its diff in the right pane', 'diff'),
  bind('cells', 'o', 'show output', 'its output in the right pane', 'output'),

  bind('side', 'right l', 'next tab', 'next tab', 'tabs'),
  bind('side', 'left h', 'previous tab', 'tab before'),
  bind('side', 'up k', 'up', 'scroll up'),
  bind('side', 'down j', 'down', 'scroll down', 'scroll'),
  bind('side', 'pageup', 'page up', 'a page up'),
  bind('side', 'pagedown space', 'page down', 'a page down'),
  bind('side', 'home', 'first', 'to the top'),
  bind('side', 'end', 'last', 'to the end'),

  bind('approval', 'a', 'approve all', 'apply on all of these hosts', 'all'),
  bind('approval', 'g', 'approve groups', 'decide group by group', 'groups'),
  bind('approval', 'r', 'approve rest', 'apply this and whatever else the cell asks for', 'rest of the cell'),
  bind('approval', 'y', 'yes', 'apply this group'),
  bind('approval', 'n', 'no', 'leave this group out'),
  bind('approval', 'd', 'show diff', 'show the diff in the right pane', 'diff'),
  bind('approval', 'up k', 'up', 'go to the group above; its diff is in the right pane'),
  bind('approval', 'down j', 'down', 'go to the group below; its diff is in the right pane'),
  bind('approval', 'enter', 'confirm', 'confirm the number that was typed'),
  bind('approval', 'backspace', 'erase', 'take a digit back'),
  bind('approval', 'pageup', 'page up', 'scroll the cells up'),
  bind('approval', 'pagedown', 'page down', 'scroll the cells down'),
  bind('approval', 'escape', 'decline', 'decline: nothing is applied', 'decline'),

  bind('question', 'enter', 'confirm', 'send the answer', 'answer'),
  bind('question', 'y', 'yes', 'yes: trust the host key'),
  bind('question', 'n', 'no', 'no: refuse the host key'),
  bind('question', 'backspace', 'erase', 'take a letter back'),
  bind('question', 'ctrl-u', 'clear', 'begin again'),
  bind('question', 'escape', 'decline', 'give no answer', 'no answer'),

  bind('hosts', 'tab', 'next pane', 'next pane'),
  bind('cells', 'tab', 'next pane', 'next pane'),
  bind('side', 'tab', 'next pane', 'next pane'),
  bind('hosts', 'escape', 'to prompt', 'back to the prompt', 'prompt'),
  bind('cells', 'escape', 'to prompt', 'back to the prompt', 'prompt'),
  bind('side', 'escape', 'to prompt', 'back to the prompt', 'prompt'),
  bind('hosts', 'shift-tab', 'previous pane', 'pane before'),
  bind('cells', 'shift-tab', 'previous pane', 'pane before'),
  bind('side', 'shift-tab', 'previous pane', 'pane before'),

  bind('everywhere', 'ctrl-r', 'find in history', 'search the inputs of all sessions', 'search'),
  bind('everywhere', 'ctrl-p', 'find anything', 'find a command, fact, operation, cell, host or key', 'find'),
  bind('everywhere', 'f2', 'answer', 'go to the approval or question that waits'),
  bind('everywhere', 'f6', 'next pane', 'next pane', 'pane'),
  bind('everywhere', 'shift-f6', 'previous pane', 'pane before'),
  bind('everywhere', '? f1', 'help', 'keys; at the prompt, while it is empty', 'keys'),
  bind('everywhere', 'ctrl-c', 'interrupt', 'stop the running cell; else clear the line'),
  bind('everywhere', 'ctrl-d', 'leave', 'leave, when the line is empty'),
  bind('everywhere', 'ctrl-z', 'suspend', 'stop muster until `fg`'),
]

/** What a key does in the first of these contexts that knows it. */
export function actionOf(contexts: readonly Context[], key: string): Action | undefined {
  for (const context of contexts) {
    const found = BINDINGS.find(binding => binding.context === context && binding.keys.includes(key))
    if (found) return found.action
  }
  return undefined
}
