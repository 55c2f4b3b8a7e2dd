import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DEFAULT_SETTINGS, type Settings, withSetting } from './settings.js'

/**
 * Where a person's settings are kept: `muster/settings.json` in `$XDG_CONFIG_HOME`, else in `~/.config`.
 *
 * @see {@link https://specifications.freedesktop.org/basedir-spec/latest/} XDG Base Directory: a relative path is ignored.
 */
function settingsFile(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CONFIG_HOME: config, HOME: home } = environment
  const base = config?.startsWith('/') ? config : join(home || homedir(), '.config')
  return join(base, 'muster', 'settings.json')
}

/**
 * What the person has set; what cannot be read or is not known counts as not set.
 *
 * @param onFault called with a sentence about each thing that does not count
 */
export function readSettings(onFault: (sentence: string) => void = () => {}): Settings {
  const file = settingsFile()
  let kept: unknown
  try {
    kept = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) onFault(`${file} is not JSON (${error.message}): nothing in it counts.`)
    return DEFAULT_SETTINGS
  }
  return settingsIn(kept).reduce((settings, [name, value]) => {
    try {
      return withSetting(settings, name, value)
    } catch (error) {
      onFault(`${file}: ${error instanceof Error ? error.message : String(error)}`)
      return settings
    }
  }, DEFAULT_SETTINGS)
}

/** Names and values of a settings file; keys stand in an object of their own. */
function settingsIn(kept: unknown): [name: string, value: string][] {
  return Object.entries(kept ?? {}).flatMap(([name, value]: [string, unknown]): [string, string][] =>
    name === 'keys' && typeof value === 'object' && value !== null
      ? Object.entries(value).map(([what, keys]) => ['key', `${what} ${String(keys)}`])
      : [[name, String(value)]],
  )
}

/** Keeps the settings for later sessions. @throws {Error} when the file cannot be written */
export function keepSettings(settings: Settings): void {
  const file = settingsFile()
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`)
  renameSync(draft, file) // another session reads the one or the other
}
