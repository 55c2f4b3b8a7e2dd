import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../errors.js'
import { Throttle } from '../throttle.js'
import { computeConfig } from './compute.js'
import { type ConfigQuestion, type ConfigRoot, type ConfigWorld, Evaluation, type SshConfigValues } from './evaluate.js'
import { ConfigFiles } from './files.js'
import { isSetting } from './keywords.js'
import { expandTilde, type LocalUser, localUser } from './local-user.js'
import { fromSameLines, fromThisHost, replacedAlike } from './printed.js'
import { askSsh, JumpsToItself } from './ssh-g.js'

/** A session lives for days and ssh_config is edited meanwhile: it is read again after this long, milliseconds. */
const FRESH_MS = 2000
const NOTHING: SshConfigValues = new Map()

type World = Omit<ConfigWorld, 'exec'>

/** What ssh printed, and whether it can speak for other hosts to which the same lines apply. */
interface Printed {
  readonly values: SshConfigValues
  readonly alike: boolean
}

/**
 * Evaluates ssh_config for hosts. `ssh -G` is the authority where `ssh` is installed. It is run once for all hosts to which
 * the same lines apply, and not at all for a host to which none does; once for each host where only ssh can tell
 * (`Match exec`, CanonicalizeHostname).
 */
export class SshConfigReader {
  readonly #worlds = new Map<string, { readonly at: number; readonly world: World }>()
  readonly #printed = new Map<string, Promise<Printed | undefined>>()
  readonly #processes = new Throttle(4)
  #defaults: Promise<SshConfigValues | undefined> | undefined

  /** @param ask how ssh is asked; gives nothing where there is none. */
  constructor(private readonly ask: typeof askSsh = askSsh) {}

  /**
   * @param chosen an ssh_config to read instead of the user's and the system's; `false`: none.
   * @returns values with their tokens and `~` not yet replaced; nothing for keywords that no line sets.
   * @throws {UsageError} when `chosen` does not exist or there is a mistake in what was read.
   */
  async read(question: ConfigQuestion, chosen?: string | false): Promise<SshConfigValues> {
    if (chosen === false || chosen?.toLowerCase() === 'none') return NOTHING
    const local = localUser()
    const file = chosen === undefined ? undefined : expandTilde(chosen, local.home)
    if (file !== undefined && !existsSync(file)) throw new UsageError(`the ssh_config file ${file} does not exist`)
    const world = this.#world(file, local)
    try {
      return (await this.#ask(question, file, world)) ?? (await computeConfig(question, world))
    } catch (error) {
      if (error instanceof JumpsToItself) return await computeConfig(question, world)
      throw error
    }
  }

  async #ask(question: ConfigQuestion, file: string | undefined, world: World): Promise<SshConfigValues | undefined> {
    const found = withoutRunning(question, world)
    if (found && !found.unsure && !found.canonicalizes) {
      if (found.problems.length === 0 && ![...found.values.keys()].some(isSetting)) return NOTHING
      const printed = await this.#askOnce(question, file, found.values, world.local)
      if (printed?.alike) return fromSameLines(found.values, printed.values)
    }
    return await this.#askAlone(question, file, found?.values)
  }

  #world(file: string | undefined, local: LocalUser): World {
    const known = this.#worlds.get(file ?? '')
    if (known && performance.now() - known.at < FRESH_MS) return known.world
    const files = new ConfigFiles()
    const roots = file === undefined ? usualFiles(local) : [{ file, ofUser: true }]
    const world: World = { roots, local, lines: path => files.lines(path), glob: path => files.glob(path) }
    this.#worlds.set(file ?? '', { at: performance.now(), world })
    return world
  }

  #askOnce(
    question: ConfigQuestion,
    file: string | undefined,
    written: SshConfigValues,
    local: LocalUser,
  ): Promise<Printed | undefined> {
    const key = JSON.stringify([file, ...written])
    const known = this.#printed.get(key)
    if (known) return known
    const printed = this.#processes.run(async () => {
      const values = await this.ask(question, file)
      return values && { values, alike: replacedAlike(written, values, question, local) }
    })
    this.#printed.set(key, printed)
    printed.catch(error => {
      // What is wrong for this host need not be wrong for the next one; a mistake in a file is.
      if (error instanceof JumpsToItself) this.#printed.delete(key)
      else setTimeout(() => this.#printed.delete(key), FRESH_MS).unref()
    })
    return printed
  }

  async #askAlone(
    question: ConfigQuestion,
    file: string | undefined,
    written: SshConfigValues | undefined,
  ): Promise<SshConfigValues | undefined> {
    const values = await this.#processes.run(() => this.ask(question, file))
    this.#defaults ??= this.ask({ host: 'muster' }, 'none')
    const defaults = await this.#defaults
    return values && defaults && fromThisHost(values, defaults, written)
  }
}

/** What our own reading says, without running a command or asking a name server; nothing when it comes to nothing. */
function withoutRunning(question: ConfigQuestion, world: World): Evaluation | undefined {
  try {
    const found = new Evaluation(question, { ...world, exec: () => undefined })
    if (!found.canonicalizes) found.finish()
    return found
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}

function usualFiles({ home }: LocalUser): ConfigRoot[] {
  return [
    { file: join(home, '.ssh', 'config'), ofUser: true },
    { file: '/etc/ssh/ssh_config', ofUser: false },
  ]
}
