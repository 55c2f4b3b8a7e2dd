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

/** What the person has set; what cannot be read or is not known counts as not set. */
export function readSettings(): Settings {
  let kept: unknown
  try {
    kept = JSON.parse(readFileSync(settingsFile(), 'utf8'))
  } catch {
    return DEFAULT_SETTINGS
  }
  return Object.entries(kept ?? {}).reduce((settings, [name, value]) => {
    try {
      return withSetting(settings, name, String(value))
    } catch {
      return settings
    }
  }, DEFAULT_SETTINGS)
}

/** Keeps the settings for later sessions. @throws {Error} when the file cannot be written */
export function keepSettings(settings: Settings): void {
  const file = settingsFile()
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`)
  renameSync(draft, file) // another session reads the one or the other
}
