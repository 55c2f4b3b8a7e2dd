/** Hosts that come up together want the same within this time, milliseconds. */
const RECENT_MS = 100

/**
 * What many hosts ask for at the same moment, read once for them all: key files, an agent's keys.
 *
 * @example
 * const files = new Recent((path: string) => readFile(path, 'utf8'))
 * await Promise.all([files.get('/etc/hosts'), files.get('/etc/hosts')]) // reads it once
 */
export class Recent<T> {
  readonly #known = new Map<string, Promise<T>>()

  constructor(private readonly read: (name: string) => Promise<T>) {}

  get(name: string): Promise<T> {
    const known = this.#known.get(name)
    if (known) return known
    const value = this.read(name)
    this.#known.set(name, value)
    const forget = () => void this.#known.delete(name)
    value.then(() => setTimeout(forget, RECENT_MS).unref(), forget)
    return value
  }
}
