import { UsageError } from '../../errors.js'
import { hostsOfPattern } from './host-pattern.js'
import { pythonLiteral } from './python-literal.js'
import { AnsibleTree, type Variables } from './tree.js'

interface Section {
  readonly group: string
  readonly kind: 'hosts' | 'children' | 'vars'
  readonly line: number
}

/**
 * Reads an inventory in Ansible's INI form: `[web]`, `[prod:children]`, `[web:vars]`, `web[01:50] ansible_user=deploy`.
 *
 * @throws {UsageError} naming file and line
 * @see {@link https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html}
 */
export function readIni(text: string, file: string): AnsibleTree {
  const tree = new AnsibleTree()
  /** Groups that sections speak of, which some section must be of. */
  const spokenOf: Section[] = []
  let section: Section = { group: 'ungrouped', kind: 'hosts', line: 0 }
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim()
    const number = index + 1
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    try {
      if (line.startsWith('[') && /^\[[^\]]*\]\s*(?:#.*)?$/.test(line)) {
        section = sectionOf(line, number)
        if (section.kind === 'hosts') tree.group(section.group)
        else if (section.kind === 'children') tree.group(section.group)
        else spokenOf.push(section)
      } else if (section.kind === 'hosts') addHosts(tree, section.group, line)
      else if (section.kind === 'vars') addVariable(tree, section.group, line)
      else spokenOf.push({ group: addChild(tree, section.group, line), kind: 'children', line: number })
    } catch (error) {
      throw new UsageError(`${file}:${number}: ${error instanceof Error ? error.message : String(error)}.`)
    }
  }
  const written = new Set(['all', 'ungrouped', ...declared(text)])
  const missing = spokenOf.find(({ group }) => !written.has(group))
  if (missing)
    throw new UsageError(
      `${file}:${missing.line}: there is no group ${missing.group}: write a section [${missing.group}].`,
    )
  return tree
}

function sectionOf(line: string, number: number): Section {
  const [, group, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]/.exec(line) ?? []
  if (group === undefined)
    throw new UsageError(`“${line}” is no section: write [group], [group:children] or [group:vars]`)
  if (kind === 'hosts' || kind === 'children' || kind === 'vars') return { group, kind, line: number }
  throw new UsageError(`[${group}:${kind}] is no section: after the colon stands hosts, children or vars`)
}

/** Groups that have a section of hosts or children. */
function declared(text: string): string[] {
  return [...text.matchAll(/^[ \t]*\[([^:\]\s]+)(?::(?:children|hosts))?\]/gm)].map(([, group = '']) => group)
}

function addHosts(tree: AnsibleTree, group: string, line: string): void {
  const [pattern = '', ...assigned] = words(line)
  const vars = Object.fromEntries(
    assigned.map(word => {
      const at = word.indexOf('=')
      if (at < 0) throw new UsageError(`after a host stands key=value, not “${word}”`)
      return [word.slice(0, at), pythonLiteral(word.slice(at + 1))]
    }),
  )
  if (/\[[^\]]*$/.test(pattern)) throw new UsageError(`“${pattern}” has a “[” without its “]”`)
  if (pattern.endsWith(':')) throw new UsageError(`“${pattern}” ends in a colon without a port`)
  const { names, port } = hostsOfPattern(pattern)
  for (const name of names) tree.host(name, group, { ...(port === undefined ? {} : { ansible_port: port }), ...vars })
}

function addVariable(tree: AnsibleTree, name: string, line: string): void {
  const at = line.indexOf('=')
  if (at < 0) throw new UsageError(`in [${name}:vars] stands key=value, not “${line}”`)
  const group = tree.group(name)
  const added: Variables = { [line.slice(0, at).trim()]: pythonLiteral(line.slice(at + 1).trim()) }
  group.vars = { ...group.vars, ...added }
}

function addChild(tree: AnsibleTree, group: string, line: string): string {
  const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1]
  if (child === undefined) throw new UsageError(`“${line}” is no name of a group`)
  tree.group(group).children.add(child)
  tree.group(child)
  return child
}

/** Words as a shell takes them apart, comments taken off. @throws {UsageError} for a quote without its end */
export function words(line: string): string[] {
  const found: string[] = []
  const word = /[\s]*(?:#.*$|((?:\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|[^\s'"\\#])+))/y
  while (word.lastIndex < line.length) {
    const at = word.lastIndex
    const match = word.exec(line)
    if (!match) {
      if (line.slice(at).trim() === '') break
      throw new UsageError(`“${line.slice(at).trim()}” has a quote without its end`)
    }
    if (match[1] === undefined) break
    found.push(
      match[1].replace(/\\([\s\S])|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"/g, (_, escaped, single, double) =>
        escaped !== undefined ? escaped : single !== undefined ? single : String(double).replace(/\\(["\\])/g, '$1'),
      ),
    )
  }
  return found
}
