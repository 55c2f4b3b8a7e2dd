import { WRITING } from '../shell/writing-functions.js'
import { type BytePath, quoteBytes } from './byte-path.js'

interface Owned {
  readonly index: number
  readonly path: BytePath
  /** Names; empty: what a new entry gets. */
  readonly owner: string
  readonly group: string
}

export interface NewDirectory extends Owned {
  readonly type: 'directory'
  /** Octal text. */
  readonly mode: string
}

export interface NewLink extends Owned {
  readonly type: 'link'
  readonly target: Buffer
}

/** As in the script that puts files in their places: tells `INDEX CODE SAID` of what went wrong. */
const FUNCTIONS = `${WRITING}
no() { printf '%s\\0%s\\0%s\\0' "$1" "$2" "$said"; said=; }
`
const DONE = `printf 'done\\0'\n`

/** Makes directories, open to their owner alone until all is in them: their own mode may not let anything in. */
export function directoriesScript(directories: readonly NewDirectory[]): string {
  const lines = directories.map(
    ({ index, path }) =>
      `p=${quoteBytes(path)}; said=$(mkdir -m 0700 "$p" 2>&1) || { [ -d "\${p%/*}/" ] && no ${index} 83 || no ${index} 81; }`,
  )
  return `${FUNCTIONS}${lines.join('\n')}\n${DONE}`
}

/** Makes links, and gives new directories their owner and mode, deepest first. */
export function finishScript(items: readonly (NewDirectory | NewLink)[]): string {
  return `${FUNCTIONS}${items.map(each => (each.type === 'link' ? linkLine(each) : modeLine(each))).join('\n')}\n${DONE}`
}

/** `-n`: a link to a directory is replaced, not filled. */
function linkLine(link: NewLink): string {
  const { index, path, target } = link
  return `p=${quoteBytes(path)}; if said=$(ln -s -f -n -- ${quoteBytes(target)} "$p" 2>&1); then ${chown(link, '-h ')}:; else no ${index} 83; fi`
}

function modeLine(directory: NewDirectory): string {
  const { index, path, mode } = directory
  return `p=${quoteBytes(path)}; ${chown(directory, '')}said=$(chmod ${mode} "$p" 2>&1) || no ${index} 87`
}

function chown({ index, owner, group }: Owned, option: string): string {
  if (owner === '' && group === '') return ''
  const to = quoteBytes(Buffer.from(`${owner}${group === '' ? '' : `:${group}`}`))
  return `said=$(chown ${option}${to} "$p" 2>&1) || no ${index} 86; `
}

/** Gives files that are there already owner and mode (empty: as they are); tells of each that had others, with code 0. */
export function attributesScript(
  files: readonly { readonly index: number; readonly path: BytePath }[],
  { mode, owner, group }: { readonly mode: string; readonly owner: string; readonly group: string },
): string {
  const asked = [mode, owner, group].map(each => quoteBytes(Buffer.from(each))).join(' ')
  const lines = files.map(({ index, path }) => `a ${index} ${quoteBytes(path)} ${asked}`)
  return `${FUNCTIONS}
a() {
  i=$1 was=$(st "$2")
  own "$2" "$2" "$3" "$4" "$5" || { no $i $?; return; }
  [ "$was" = "$(st "$2")" ] || no $i 0
}
${lines.join('\n')}
${DONE}`
}

/** Removes temp files. */
export function removeScript(temps: readonly BytePath[]): string {
  return `rm -f ${temps.map(quoteBytes).join(' ')}`
}
