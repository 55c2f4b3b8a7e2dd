import { BINDINGS } from '../keys/bindings.js'
import { nameOf } from '../keys/keymap.js'
import type { Candidate, Candidates } from './candidate.js'
import { hostCandidates, type InventoryNames, patternCandidates } from './pattern.js'

/** A colon command as its help tells it. */
export interface CommandUsage {
  readonly name: string
  /** What follows the name: `[open|confirm [PATTERN]]`. Capitals name a kind of word, small letters are words to write. */
  readonly usage: string
  readonly summary: string
}

/** Where the words of a line come from. */
export interface CommandNames {
  readonly commands: readonly CommandUsage[]
  readonly inventory: InventoryNames
  /** Names of facts and operations. */
  readonly definitions: readonly Candidate[]
  /** Saved notebooks. */
  notebooks(): readonly string[]
  /** Numbers of cells with the beginning of their source. */
  cells(): readonly Candidate[]
}

/** A word of a usage: its kinds and the words that may be written as they stand. */
interface Word {
  readonly kinds: readonly string[]
  readonly literals: readonly string[]
}

/**
 * What may stand at the end of a colon command.
 *
 * @param typed the line as far as the cursor, with its colon
 */
export function commandCandidates(typed: string, names: CommandNames): Candidates {
  const [head = '', name = ''] = /^\s*:\s*(\S*)/.exec(typed) ?? []
  if (head.length === typed.length) return { from: typed.length - name.length, candidates: commandList(names) }
  const command = named(names.commands, name) ?? named(names.commands, name.replace(/!$/, ''))
  const written = typed.slice(head.length)
  const words = command ? wordsOf(command.usage) : []
  const patternAt = words.findIndex(({ kinds }) => kinds.includes('PATTERN'))
  const count = written.trimStart().split(/\s+/).length - 1
  // A pattern takes the rest of the line, blanks included.
  const at = patternAt >= 0 ? Math.min(count, patternAt) : count
  const word = words[at]
  if (!word) return { from: typed.length, candidates: [] }
  const start = head.length + (new RegExp(`^\\s*(?:\\S+\\s+){0,${at}}`).exec(written)?.[0].length ?? 0)
  return inWord(word, typed.slice(start), start, names)
}

function inWord({ kinds, literals }: Word, typed: string, start: number, names: CommandNames): Candidates {
  const own = literals.map((name): Candidate => ({ name, kind: 'word' }))
  if (kinds.includes('PATTERN')) {
    const { from, candidates } = patternCandidates(typed, names.inventory)
    return { from: start + from, candidates: from === 0 ? [...own, ...candidates] : candidates }
  }
  const named = kinds.flatMap((kind): readonly Candidate[] => {
    if (kind === 'COMMAND') return commandList(names)
    if (kind === 'DEFINITION') return names.definitions
    if (kind === 'CELL') return names.cells()
    if (kind === 'HOST') return hostCandidates(names.inventory)
    if (kind === 'ACTION') return BINDINGS.map(each => ({ name: nameOf(each), kind: 'key', detail: each.help }))
    return kind === 'NAME' ? names.notebooks().map(name => ({ name, kind: 'notebook' })) : []
  })
  return { from: start, candidates: [...own, ...named] }
}

function wordsOf(usage: string): Word[] {
  return usage
    .split(/\s+/)
    .map(word => word.replace(/[[\]]/g, '').split('|'))
    .map(choices => ({
      kinds: choices.filter(choice => /^[A-Z]+$/.test(choice)),
      literals: choices.filter(choice => /^[a-z]/.test(choice)),
    }))
    .filter(({ kinds, literals }) => kinds.length + literals.length > 0)
}

function commandList({ commands }: CommandNames): Candidate[] {
  return commands.map(({ name, summary }) => ({ name, kind: 'command', detail: summary }))
}

/** The command of a name, which may be shortened as far as it stays clear. */
function named(commands: readonly CommandUsage[], name: string): CommandUsage | undefined {
  const matching = commands.filter(each => each.name.startsWith(name))
  return commands.find(each => each.name === name) ?? (matching.length === 1 ? matching[0] : undefined)
}
