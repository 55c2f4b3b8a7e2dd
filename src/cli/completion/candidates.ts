import type { Command, Option } from 'commander'
import type { Candidate } from './candidate.js'
import { fileCandidates } from './files.js'

/** Where names come from that the command line itself does not hold. */
export interface Names {
  facts(): Promise<readonly Candidate[]>
  /** Hosts and groups (`@web`) of an inventory; nothing when it cannot be opened. */
  hosts(inventory: string | undefined): Promise<readonly string[]>
}

const INVENTORY_FILE = /\.(?:[cm]?[jt]s|json)$/
const MODULE_FILE = /\.[cm]?[jt]s$/

/**
 * What may stand in place of the last of some words.
 *
 * @param words what is typed after the program's name; the last is the one at the cursor, perhaps empty
 * @param directory where file names are looked for
 */
export async function candidates(
  program: Command,
  words: readonly string[],
  directory: string,
  names: Names,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? ''
  const { command, positional, expecting, ended } = parse(program, words.slice(0, -1))
  if (ended) return []
  const found = await possible()
  return found.filter(({ text }) => text.startsWith(current))

  async function possible(): Promise<readonly Candidate[]> {
    const equals = /^(--[^=]+)=(.*)$/s.exec(current)
    if (equals) {
      const [, name = '', value = ''] = equals
      const option = command.options.find(({ long }) => long === name)
      return option ? prefixed(`${name}=`, await valuesOf(option, value)) : []
    }
    if (expecting) return valuesOf(expecting, current)
    if (current.startsWith('-')) return optionCandidates(command)
    return argumentCandidates()
  }

  async function valuesOf(option: Option, value: string): Promise<readonly Candidate[]> {
    if (option.long === '--ssh-config') return fileCandidates(directory, value, () => true)
    if (option.long !== '--limit') return []
    const [, before = '', mark = ''] = /^(.*[,&!^])?(!?)/s.exec(value) ?? []
    return prefixed(
      before + mark,
      (await names.hosts(positional[0])).map(text => ({ text })),
    )
  }

  async function argumentCandidates(): Promise<readonly Candidate[]> {
    const inventories = fileCandidates(directory, current, name => INVENTORY_FILE.test(name))
    if (command === program && positional.length === 0)
      return [...commandCandidates(program), { text: '@local', about: 'this machine' }, ...inventories]
    const last = command.registeredArguments.at(-1)
    const argument = command.registeredArguments[positional.length] ?? (last?.variadic ? last : undefined)
    switch (argument?.name()) {
      case 'inventory':
        return [{ text: '@local', about: 'this machine' }, ...inventories]
      case 'host':
        return (await names.hosts(positional[0])).flatMap(text => (text.startsWith('@') ? [] : [{ text }]))
      case 'deploy':
        return fileCandidates(directory, current, name => MODULE_FILE.test(name))
      case 'paths':
        return fileCandidates(directory, current, () => true)
      case 'fact':
        return names.facts()
      case 'shell':
        return ['bash', 'zsh', 'fish'].map(text => ({ text }))
      default:
        return []
    }
  }
}

interface Parsed {
  readonly command: Command
  readonly positional: readonly string[]
  /** The option whose value comes next. */
  readonly expecting: Option | undefined
  /** `--` was there: what follows is not muster's. */
  readonly ended: boolean
}

function parse(program: Command, words: readonly string[]): Parsed {
  const own = program.commands.find(each => each.name() === words[0])
  const command = own ?? program
  const positional: string[] = []
  let expecting: Option | undefined
  for (const word of own ? words.slice(1) : words) {
    if (expecting) {
      expecting = undefined
      continue
    }
    if (word === '--') return { command, positional, expecting, ended: true }
    const option = command.options.find(({ long, short }) => word === long || word === short)
    if (option?.required) expecting = option
    if (!word.startsWith('-')) positional.push(word)
  }
  return { command, positional, expecting, ended: false }
}

function commandCandidates(program: Command): Candidate[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map(each => ({ text: each.name(), about: each.description() }))
}

function optionCandidates(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ text: long, about: description }] : []))
}

function prefixed(prefix: string, found: readonly Candidate[]): Candidate[] {
  return found.map(each => ({ ...each, text: prefix + each.text }))
}
