/** Where keys mean something of their own; `everywhere` is looked at last. */
export type Context =
  | 'question'
  | 'approval'
  | 'prompt'
  | 'cells'
  | 'hosts'
  | 'side'
  | 'editor'
  | 'finder'
  | 'completion'
  | 'filter'
  | 'search'
  | 'shells'
  | 'everywhere'

/** A key of a front end: where it works, and what it does there. */
export interface Binding<A extends string = string> {
  readonly context: Context
  /** Keys as a front end names them, a sequence with blanks between: `ctrl-x ctrl-e`. The first is the one that is shown. */
  readonly keys: readonly string[]
  readonly action: A
  /** What it does, in a few words. */
  readonly help: string
  /** Also in the footer, under this shorter name. */
  readonly footer?: string
}

/** @param keys with blanks between; the keys of a sequence with a comma: `ctrl-x,ctrl-e` */
const bind = <const A extends string>(
  context: Context,
  keys: string,
  action: A,
  help: string,
  footer?: string,
): Binding<A> => ({
  context,
  keys: keys.split(' ').map(key => key.replace(/(?<=.),(?=.)/g, ' ')),
  action,
  help,
  ...(footer === undefined ? {} : { footer }),
})

/** Every key of the screen, as it is unless the person has set another. Footer, key help and the list of everything are made of it. */
export const BINDINGS = [
  bind('prompt', 'enter', 'run', 'run the cell; with an open bracket, a new line', 'run'),
  bind('prompt', 'alt-enter shift-enter ctrl-j', 'new line', 'new line', 'newline'),
  bind('prompt', 'tab', 'complete', 'complete what is before the cursor', 'complete'),
  bind('prompt', 'up', 'history back', 'line up; on the first line, the input before', 'history'),
  bind('prompt', 'down', 'history on', 'line down; on the last line, the input after'),
  bind('prompt', 'f4', 'fix', 'put the problem at the cursor right, where that is offered'),
  bind('prompt', 'f5', 'run anyway', 'run in spite of type errors; :run! runs what was refused last'),
  bind(
    'prompt',
    'f12',
    'go to definition',
    'go to where the thing at the cursor is declared: a cell, a file in $EDITOR',
  ),
  bind('prompt', 'ctrl-x,ctrl-e', 'edit outside', 'edit the draft in $VISUAL or $EDITOR'),
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
  bind('hosts', 's', 'attach', 'your shell on the host, full screen; when it ends you are back', 'shell'),
  bind(
    'hosts',
    'S',
    'attach all',
    'shells on the marked hosts, or those under the cursor: typed to all, answers folded',
    'shells',
  ),
  bind(
    'hosts',
    '/',
    'filter',
    'show only some hosts: part of a name, @group, is:lost, is:unreachable, is:differs',
    'filter',
  ),
  bind(
    'hosts',
    'x',
    'only differing',
    'only hosts that answered otherwise than most in the last cell, or all',
    'differing',
  ),
  bind('hosts', 'f', 'compare', 'facts of the marked hosts, or of those under the cursor, compared', 'compare'),
  bind('hosts', 't', 'sort', 'sort by the next of: inventory, name, state, last answer, latency', 'sort'),
  bind('hosts', 'u', 'unmark all', 'take all marks away; again, put them back'),
  bind('filter', 'enter', 'confirm', 'keep the filter', 'keep'),
  bind('filter', 'escape', 'close', 'show all again', 'show all'),
  bind('filter', 'backspace ctrl-h', 'erase', 'take a letter back'),

  bind('cells', 'up k', 'up', 'up'),
  bind('cells', 'down j', 'down', 'down', 'move'),
  bind(
    'cells',
    'right enter l',
    'open',
    'show more of it: an answer, its hosts, what a host said; a step, its diff',
    'open',
  ),
  bind('cells', 'left h', 'shut', 'show less of it; what is closed, to what it is in', 'close'),
  bind('cells', '+', 'open all', 'open everything of the cell; once more, its hosts one by one'),
  bind('cells', '-', 'fold all', 'every cell as one row, or all of them open again'),
  bind('cells', 'pageup', 'page up', 'a page up'),
  bind('cells', 'pagedown', 'page down', 'a page down'),
  bind('cells', 'home', 'first', 'to the first cell'),
  bind('cells', 'end', 'last', 'to the end'),
  bind('cells', 'd', 'show diff', 'its diff in the right pane', 'diff'),
  bind('cells', 'o', 'show output', 'its output in the right pane', 'output'),
  bind('cells', 'e', 'edit cell', 'put its source into the prompt', 'edit'),
  bind('cells', 'r', 'run again', 'run it again, as a new cell', 'run again'),
  bind('cells', 'a', 'insert above', 'write a cell above it', 'insert'),
  bind('cells', 'b', 'insert below', 'write a cell below it'),
  bind('cells', 'm', 'write note', 'write prose below it, in Markdown'),
  bind('cells', '/', 'search', 'look for a text in everything shown', 'search'),
  bind('cells', 'n', 'search next', 'to the next row with that text'),
  bind('cells', 'N', 'search back', 'to the row with that text before'),
  bind('cells', 'y', 'copy', 'copy: a source, an answer or a diff, as the cursor stands', 'copy'),
  bind('cells', 'Y', 'copy hosts', 'copy the names of the hosts'),
  bind('cells', 'K', 'move cell up', 'move it up, also in what is saved'),
  bind('cells', 'J', 'move cell down', 'move it down, also in what is saved'),
  bind('cells', 'X delete', 'delete cell', 'take it off the screen and out of what is saved; asks first'),
  bind('search', 'enter', 'confirm', 'go to the last row with it', 'find'),
  bind('search', 'escape ctrl-c', 'close', 'look for nothing', 'close'),
  bind('search', 'backspace ctrl-h', 'erase', 'take a letter back'),
  bind('hosts', 'z', 'maximise', 'the pane over the whole width, and back'),
  bind('cells', 'z', 'maximise', 'the pane over the whole width, and back', 'maximise'),
  bind('side', 'z', 'maximise', 'the pane over the whole width, and back', 'maximise'),

  bind('side', 'right l', 'next tab', 'next tab', 'tabs'),
  bind('side', 'left h', 'previous tab', 'tab before'),
  bind('side', 'enter', 'choose', 'open or close the fact', 'open'),
  bind('side', '-', 'fold all', 'close all facts, or open them'),
  bind('side', '/', 'filter', 'show only facts that hold a text', 'filter'),
  bind('side', 'R', 'refresh', 'read it anew', 'refresh'),
  bind('side', 'up k', 'up', 'scroll up; to the fact above'),
  bind('side', 'down j', 'down', 'scroll down; to the fact below', 'scroll'),
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
  bind('question', 'y', 'yes', 'yes: trust the host key', 'trust'),
  bind('question', 'n', 'no', 'no: refuse the host key', 'refuse'),
  bind('question', 'backspace ctrl-h', 'erase', 'take a letter back'),
  bind('question', 'ctrl-u', 'clear', 'begin again'),
  bind('question', 'escape', 'decline', 'give no answer', 'no answer'),

  bind('shells', 'ctrl-],z', 'zoom shell', 'one host alone on the screen and typed to, and back', 'one host'),
  bind('shells', 'ctrl-],down ctrl-],n', 'next shell', 'the next group, or the next host where one is alone', 'next'),
  bind('shells', 'ctrl-],up ctrl-],p', 'previous shell', 'the group or host before'),
  bind('shells', 'ctrl-],q', 'leave shells', 'hang up on all of them, and back; asks first', 'leave'),
  bind('shells', 'ctrl-],ctrl-]', 'send the key', 'the key itself, to the hosts'),

  bind('hosts', 'tab', 'next pane', 'next pane'),
  bind('cells', 'tab', 'next pane', 'next pane'),
  bind('side', 'tab', 'next pane', 'next pane'),
  bind('hosts', 'escape', 'to prompt', 'back to the prompt', 'prompt'),
  bind('cells', 'escape', 'to prompt', 'back to the prompt', 'prompt'),
  bind('side', 'escape', 'to prompt', 'back to the prompt', 'prompt'),
  bind('hosts', 'shift-tab', 'previous pane', 'pane before'),
  bind('cells', 'shift-tab', 'previous pane', 'pane before'),
  bind('side', 'shift-tab', 'previous pane', 'pane before'),

  bind('editor', 'left ctrl-b', 'move-left', 'left'),
  bind('editor', 'right ctrl-f', 'move-right', 'right'),
  bind('editor', 'alt-b ctrl-left alt-left', 'move-word-left', 'a word left'),
  bind('editor', 'alt-f ctrl-right alt-right', 'move-word-right', 'a word right'),
  bind('editor', 'ctrl-a home', 'move-line-start', 'to the beginning of the line'),
  bind('editor', 'ctrl-e end', 'move-line-end', 'to the end of the line'),
  bind('editor', 'alt-up', 'move-up', 'a line up'),
  bind('editor', 'alt-down ctrl-n', 'move-down', 'a line down'),
  bind('editor', 'alt-< ctrl-home', 'move-text-start', 'to the beginning'),
  bind('editor', 'alt-> ctrl-end', 'move-text-end', 'to the end'),
  bind('editor', 'shift-left', 'select-left', 'select left'),
  bind('editor', 'shift-right', 'select-right', 'select right'),
  bind('editor', 'ctrl-shift-left', 'select-word-left', 'select a word left'),
  bind('editor', 'ctrl-shift-right', 'select-word-right', 'select a word right'),
  bind('editor', 'shift-up', 'select-up', 'select up'),
  bind('editor', 'shift-down', 'select-down', 'select down'),
  bind('editor', 'shift-home', 'select-line-start', 'select to the beginning of the line'),
  bind('editor', 'shift-end', 'select-line-end', 'select to the end of the line'),
  bind('editor', 'ctrl-shift-home', 'select-text-start', 'select to the beginning'),
  bind('editor', 'ctrl-shift-end', 'select-text-end', 'select to the end'),
  bind('editor', 'ctrl-space', 'set-mark', 'begin to select: every motion stretches it'),
  bind('editor', 'ctrl-g', 'clear-mark', 'select nothing'),
  bind('editor', 'ctrl-x,ctrl-x', 'exchange-mark', 'go to the other end of the selection'),
  bind('editor', 'shift-tab', 'dedent', 'indent less'),
  bind('editor', 'backspace ctrl-h shift-backspace', 'delete-left', 'delete left'),
  bind('editor', 'delete', 'delete-right', 'delete right'),
  bind('editor', 'alt-backspace ctrl-backspace', 'kill-word-left', 'kill a word left'),
  bind('editor', 'alt-d ctrl-delete', 'kill-word-right', 'kill a word right'),
  bind('editor', 'ctrl-w', 'kill-blank-word-left', 'kill the selection, else left to a blank'),
  bind('editor', 'ctrl-u', 'kill-line-start', 'kill to the beginning of the line'),
  bind('editor', 'ctrl-k', 'kill-line-end', 'kill to the end of the line'),
  bind('editor', 'ctrl-y', 'yank', 'insert what was killed'),
  bind('editor', 'alt-y', 'yank-pop', 'insert what was killed before that'),
  bind('editor', 'alt-w', 'copy', 'copy the selection'),
  bind('editor', 'ctrl-t', 'transpose', 'exchange two characters'),
  bind('editor', 'alt-.', 'go to definition', 'the same as F12'),
  bind('editor', 'alt-t', 'transpose-words', 'exchange two words'),
  bind('editor', 'alt-u', 'upper-case-word', 'the word in capitals'),
  bind('editor', 'alt-l', 'lower-case-word', 'the word in small letters'),
  bind('editor', 'alt-c', 'capitalise-word', 'the word with a capital'),
  bind('editor', 'alt-\\', 'remove-blanks', 'take the blanks around away'),
  bind('editor', 'ctrl-_ ctrl-/ ctrl-x,ctrl-u ctrl-x,u', 'undo', 'undo'),
  bind('editor', 'alt-_', 'redo', 'redo'),

  bind('everywhere', 'ctrl-r', 'find in history', 'search the inputs of all sessions', 'search'),
  bind('everywhere', 'ctrl-p', 'find anything', 'find a command, fact, operation, cell, host or key', 'find'),
  bind('everywhere', 'f2', 'answer', 'go to the approval or question that waits'),
  bind('everywhere', 'f8', 'maximise', 'the pane over the whole width, and back'),
  bind('everywhere', 'f6', 'next pane', 'next pane', 'pane'),
  bind('everywhere', 'shift-f6', 'previous pane', 'pane before'),
  bind('everywhere', '? f1', 'help', 'keys; F1 in a draft: what is at the cursor', 'keys'),
  bind('everywhere', 'ctrl-c', 'interrupt', 'stop the running cell; else clear the line'),
  bind('everywhere', 'ctrl-d', 'leave', 'leave, when the line is empty'),
  bind('everywhere', 'ctrl-l', 'redraw', 'draw the screen anew'),
  bind('everywhere', 'ctrl-z', 'suspend', 'stop muster until `fg`'),
]

/** What a key can be bound to. */
export type BoundAction = (typeof BINDINGS)[number]['action']
