import { foldNames } from '../../engine/nodeset/fold.js'
import type { Naming } from '../notebook/naming.js'

/** The hosts and groups there are to select from. */
export interface Hosts {
  /** In inventory order. */
  readonly hosts: readonly string[]
  readonly groups: Readonly<Record<string, readonly string[]>>
}

/** How the selections of a session are written in a deploy: one that is used more than once gets a name. */
export class Selections {
  readonly #all: Hosts
  readonly #fleet: string
  readonly #naming: Naming
  readonly #uses = new Map<string, number>()
  readonly #names = new Map<string, string>()

  /** @param fleet the deploy's parameter */
  constructor(all: Hosts, fleet: string, naming: Naming) {
    this.#all = all
    this.#fleet = fleet
    this.#naming = naming
  }

  /** Counts a use. All uses are counted before the first is written. */
  count(hosts: readonly string[]): void {
    const text = this.#selection(hosts)
    this.#uses.set(text, (this.#uses.get(text) ?? 0) + 1)
  }

  /** The expression to write for a selection. */
  write(hosts: readonly string[]): string {
    const text = this.#selection(hosts)
    if (text === this.#fleet || (this.#uses.get(text) ?? 0) < 2) return text
    const known = this.#names.get(text)
    if (known !== undefined) return known
    const name = this.#naming.fresh(/^[A-Za-z_]\w*$/.test(this.#group(hosts) ?? '') ? `${this.#group(hosts)}` : 'hosts')
    this.#names.set(text, name)
    return name
  }

  /** The declarations of the names that were given. */
  get declarations(): string[] {
    return [...this.#names].map(([text, name]) => `const ${name} = ${text};`)
  }

  #selection(hosts: readonly string[]): string {
    const wanted = new Set(hosts)
    const isSame = (other: readonly string[]): boolean =>
      other.length === wanted.size && other.every(host => wanted.has(host))
    if (isSame(this.#all.hosts)) return this.#fleet
    const group = this.#group(hosts)
    if (group !== undefined) return `${this.#fleet}.group(${literal(group)})`
    const inOrder = this.#all.hosts.filter(host => wanted.has(host))
    return `${this.#fleet}.match(${literal(foldNames(inOrder))})`
  }

  #group(hosts: readonly string[]): string | undefined {
    const wanted = new Set(hosts)
    return Object.entries(this.#all.groups).find(
      ([, members]) => members.length === wanted.size && members.every(host => wanted.has(host)),
    )?.[0]
  }
}

function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
