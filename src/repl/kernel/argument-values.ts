import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type ArgumentKind, argumentKind } from '../../engine/argument-kind.js'
import { LOGIN } from '../../engine/connect/link.js'
import type { Engine } from '../../engine/engine.js'
import type { Fact } from '../../engine/fact.js'
import { quote } from '../../engine/shell/quote.js'
import * as facts from '../../facts/index.js'
import { catalogue } from '../catalogue.js'
import type { Candidate, Candidates } from '../completion/candidate.js'
import { COMMAND } from '../language/command-path.js'
import type { ArgumentText } from '../language/requests.js'

/** Hosts that are asked for what they have; more would say the same. */
const ASKED_HOSTS = 3
/** What no host has answered by then comes too late for what is being typed, milliseconds; an answer is kept for next time. */
const PATIENCE_MS = 5000
/** How much later than the first another host may answer, milliseconds. */
const BEHIND_MS = 300
/** Names offered for one argument. */
const MOST = 2000
/** How long the listing of a directory is taken to be right, milliseconds. */
const FRESH_MS = 10_000

/** The facts that tell what there is, by name. */
const NAMED = {
  unit: facts.systemd.units,
  package: facts.apt.packages,
  user: facts.server.users,
  group: facts.server.groups,
} as const

/** Arguments of calls that are no facts or operations, by position. */
const POSITIONS: Readonly<Record<string, readonly (ArgumentKind | undefined)[]>> = {
  read: ['remote path'],
  readBytes: ['remote path'],
  write: ['remote path'],
  upload: [undefined, 'remote path'],
  download: ['remote path'],
  [COMMAND]: ['remote path'],
}

/** What a shell takes as it stands. */
const PLAIN = /^[\w@%+=:,./-]+$/

/** Finds what may be named by an argument, from what hosts in focus have. */
export class ArgumentValues {
  readonly #listings = new Map<string, { readonly at: number; readonly names: Promise<readonly string[]> }>()

  constructor(private readonly engine: Engine) {}

  /**
   * What may stand in an argument.
   *
   * @param focus hosts that are likely meant; only connected ones are asked
   * @returns `undefined` when the argument names nothing that hosts could tell
   */
  async candidates(
    { call, key, typed, start }: ArgumentText,
    focus: readonly string[],
  ): Promise<Candidates | undefined> {
    const kind = kindOf(call, key)
    if (kind === undefined) return undefined
    if (kind === 'local path')
      return this.#paths(typed, start, directory => localEntries(this.engine.directory, directory))
    const hosts = focus.filter(name => this.engine.machine(name).link.state === 'ready').slice(0, ASKED_HOSTS)
    if (kind === 'remote path') {
      if (!typed.startsWith('/')) return { from: start, candidates: [{ name: '/', kind: 'directory' }] }
      const found = await this.#paths(typed, start, directory =>
        this.#united(hosts, host => this.#listing(host, directory)),
      )
      return call === COMMAND
        ? { ...found, candidates: found.candidates.filter(({ name }) => PLAIN.test(name)) }
        : found
    }
    const named = await this.#united(hosts, host => this.#names(host, kind))
    return { from: start, candidates: named.map((name): Candidate => ({ name, kind })) }
  }

  async #paths(
    typed: string,
    start: number,
    entries: (directory: string) => Promise<readonly string[]>,
  ): Promise<Candidates> {
    const directory = typed.slice(0, typed.lastIndexOf('/') + 1)
    const names = await entries(directory)
    return {
      from: start + directory.length,
      candidates: names.map((name): Candidate => ({ name, kind: name.endsWith('/') ? 'directory' : 'file' })),
    }
  }

  async #names(host: string, kind: keyof typeof NAMED): Promise<readonly string[]> {
    const question = NAMED[kind].ask(undefined)
    const known: unknown = await this.engine.machine(host).reader.ask<unknown>(question, { identity: LOGIN })
    return typeof known === 'object' && known !== null ? Object.keys(known) : []
  }

  /** The entries of a directory, directories with a `/` at their end (ls(1p) `-p`). */
  #listing(host: string, directory: string): Promise<readonly string[]> {
    const key = `${host}:${directory}`
    const known = this.#listings.get(key)
    if (known && performance.now() - known.at < FRESH_MS) return known.names
    const names = this.engine
      .machine(host)
      .link.run(`ls -1Ap -- ${quote(directory)} 2>/dev/null`, { bare: true, timeout: 5000, maxBytes: 256 * 1024 })
      .then(({ stdout }) =>
        stdout
          .toString('utf8')
          .split('\n')
          .filter(name => name !== ''),
      )
    this.#listings.set(key, { at: performance.now(), names })
    return names
  }

  /** What any of the hosts has, as far as they answer in time. */
  async #united(hosts: readonly string[], names: (host: string) => Promise<readonly string[]>): Promise<string[]> {
    if (hosts.length === 0) return []
    const after = (ms: number) => new Promise<readonly string[]>(resolve => setTimeout(resolve, ms, []).unref())
    const answers = hosts.map(host => names(host).catch(() => []))
    // a host that has none of it, which has no systemd, say, answers at once
    const some = answers.map(async answer => ((await answer).length > 0 ? undefined : new Promise(() => {})))
    await Promise.race([...some, Promise.all(answers), after(PATIENCE_MS)])
    const late = after(BEHIND_MS)
    const inTime = answers.map(answer => Promise.race([answer, late]))
    return [...new Set((await Promise.all(inTime)).flat())].sort().slice(0, MOST)
  }
}

/** The entries of a directory of this machine, those that are directories with a `/` at their end; nothing where there is none. */
async function localEntries(base: string, directory: string): Promise<string[]> {
  const entries = await readdir(resolve(base, directory), { withFileTypes: true }).catch(() => [])
  return entries.map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort()
}

function kindOf(call: string, key: string | number): ArgumentKind | undefined {
  const [domain = '', name = ''] = call.includes('.') ? call.split('.') : ['', call]
  if (typeof key === 'number') return POSITIONS[name]?.[key]
  const definitions = [catalogue.operations, catalogue.facts].map(domains => member(member(domains, domain), name))
  for (const definition of definitions) {
    const kind = isDefinition(definition) ? argumentKind(definition.args, key) : undefined
    if (kind !== undefined) return kind
  }
  return undefined
}

function member(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined
}

function isDefinition(value: unknown): value is Pick<Fact<unknown, unknown>, 'args'> {
  return typeof value === 'object' && value !== null && 'kind' in value && 'args' in value
}
