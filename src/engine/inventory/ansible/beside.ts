import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Variables } from './tree.js'
import { readVariables, VAULTED } from './yaml.js'

/** Variables of groups and hosts in files beside an inventory: `group_vars/web.yml`, `host_vars/web-1/*.yml`. */
export interface VariablesBeside {
  group(name: string): Variables
  host(name: string): Variables
}

/** @param file the inventory's path */
export function variablesBeside(file: string): VariablesBeside {
  const directory = dirname(file)
  const inFolder = (folder: string): ((name: string) => Variables) => {
    const paths = pathsIn(join(directory, folder))
    return name => {
      const path = ['', '.yml', '.yaml', '.json'].map(ending => paths.get(name + ending)).find(Boolean)
      const files = path === undefined ? [] : stat(path)?.isDirectory() ? below(path) : [path]
      return Object.assign({}, ...files.map(each => variablesIn(each, relative(directory, each))))
    }
  }
  return { group: inFolder('group_vars'), host: inFolder('host_vars') }
}

/** What stands in a folder, by name; it need not be there. */
function pathsIn(folder: string): ReadonlyMap<string, string> {
  if (!stat(folder)?.isDirectory()) return new Map()
  return new Map(readdirSync(folder).map(name => [name, join(folder, name)]))
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !name.endsWith('~'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (stat(path)?.isDirectory()) return below(path)
      return /(?:\.(?:ya?ml|json)|^[^.]*)$/.test(entry.name) ? [path] : []
    })
}

function variablesIn(path: string, name: string): Variables {
  const text = readFileSync(path, 'utf8')
  if (text.startsWith('$ANSIBLE_VAULT;')) return { [name]: VAULTED }
  return readVariables(text, name)
}

function stat(path: string): ReturnType<typeof statSync> | undefined {
  return statSync(path, { throwIfNoEntry: false })
}
