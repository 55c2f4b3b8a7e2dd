import { isAlias, isMap, isScalar, type Node, parseDocument, type ScalarTag } from 'yaml'
import { UsageError } from '../../errors.js'
import { hostsOfPattern } from './host-pattern.js'
import { AnsibleTree, type Variables } from './tree.js'

/** What stands for a value that ansible-vault encrypted. */
export const VAULTED: unique symbol = Symbol('vaulted')

const vaultTag: ScalarTag = { tag: '!vault', resolve: () => VAULTED }
const oldVaultTag: ScalarTag = { tag: '!vault-encrypted', resolve: () => VAULTED }
/** Text that is no template. */
const unsafeTag: ScalarTag = { tag: '!unsafe', resolve: text => text }

/**
 * Reads an inventory in Ansible's YAML form: groups by name, each with `hosts`, `children` and `vars`.
 *
 * @throws {UsageError} naming file and line
 * @see {@link https://docs.ansible.com/ansible/latest/collections/ansible/builtin/yaml_inventory.html}
 */
export function readYaml(text: string, file: string): AnsibleTree {
  const tree = new AnsibleTree()
  for (const [name, group] of fieldsOf(yamlValue(text, file), file)) addGroup(tree, name, group, file)
  return tree
}

/** Variables in a YAML file. @throws {UsageError} naming file and line */
export function readVariables(text: string, file: string): Variables {
  return Object.fromEntries(fieldsOf(yamlValue(text, file), file))
}

/** YAML 1.1, as Ansible reads it: `yes` is true, `0644` is octal. */
function yamlValue(text: string, file: string): unknown {
  const document = parseDocument(text, { version: '1.1', customTags: [vaultTag, oldVaultTag, unsafeTag], merge: true })
  const [error] = document.errors
  if (error) {
    const [place] = error.linePos ?? []
    throw new UsageError(
      `${file}${place ? `:${place.line}` : ''}: ${error.message.split('\n')[0]?.replace(/ at line.*/, '')}.`,
    )
  }
  return document.contents === null || isEmpty(document.contents) ? {} : document.toJS()
}

function isEmpty(node: Node): boolean {
  return !isMap(node) && !isAlias(node) && isScalar(node) && node.value === null
}

function addGroup(tree: AnsibleTree, name: string, given: unknown, file: string): void {
  const group = tree.group(name)
  for (const [key, value] of fieldsOf(given ?? {}, `${file}: group ${name}`)) {
    const where = `${file}: ${key} of group ${name}`
    if (key === 'vars') group.vars = { ...group.vars, ...Object.fromEntries(fieldsOf(value, where)) }
    else if (key === 'hosts') {
      for (const [pattern, vars] of fieldsOf(value, where)) addHosts(tree, name, pattern, vars, where)
    } else if (key === 'children') {
      for (const [child, below] of fieldsOf(value, where)) {
        group.children.add(child)
        addGroup(tree, child, below, file)
      }
    } else throw new UsageError(`${file}: group ${name} has ${key}, where only hosts, children and vars may stand.`)
  }
}

function addHosts(tree: AnsibleTree, group: string, pattern: string, vars: unknown, where: string): void {
  try {
    const { names, port } = hostsOfPattern(pattern)
    const own = { ...(port === undefined ? {} : { ansible_port: port }), ...Object.fromEntries(fieldsOf(vars, where)) }
    for (const name of names) tree.host(name, group, own)
  } catch (error) {
    if (error instanceof UsageError && !error.message.startsWith(where))
      throw new UsageError(`${where}: ${error.message}.`)
    throw error
  }
}

/** The entries of a mapping; of nothing, none; a single text stands for a key without a value. */
function fieldsOf(value: unknown, where: string): [string, unknown][] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [[value, undefined]]
  if (typeof value === 'object' && !Array.isArray(value)) return Object.entries(value)
  throw new UsageError(`${where} must be a mapping, each name with a colon after it.`)
}
