import { UsageError } from '../../engine/errors.js'
import { type KeySettings, withKeys } from '../keys/keymap.js'

interface Setting {
  /** What it may be; the first is what it is unless set. */
  readonly values: readonly [string, ...string[]]
  /** For `:set`. */
  readonly summary: string
}

/** What a person may set for all of their sessions. */
export const SETTINGS = {
  editor: { values: ['emacs', 'vi'], summary: 'keys of the prompt' },
  theme: {
    values: ['terminal', 'dark', 'light', 'contrast'],
    summary: "colours of the screen: the terminal's own sixteen, or fixed ones",
  },
  signs: { values: ['unicode', 'ascii'], summary: 'lines and signs of the screen, where the font is poor' },
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof SETTINGS

/** What is set. */
export interface Settings extends Readonly<Record<SettingName, string>> {
  /** Keys of the screen that are not what they are by themselves. */
  readonly keys: KeySettings
}

export const DEFAULT_SETTINGS: Settings = {
  editor: SETTINGS.editor.values[0],
  theme: SETTINGS.theme.values[0],
  signs: SETTINGS.signs.values[0],
  keys: {},
}

const isSetting = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name)

/**
 * The settings with one of them changed.
 *
 * @throws {UsageError} when there is no such setting, or it cannot be that
 * @example
 * withSetting(DEFAULT_SETTINGS, 'editor', 'vi') // { editor: 'vi' }
 * withSetting(DEFAULT_SETTINGS, 'key', 'hosts.attach a') // { keys: { 'hosts.attach': 'a' } }
 */
export function withSetting(settings: Settings, name: string, value: string): Settings {
  if (name === 'key') {
    const [, what = '', keys = ''] = /^(\S*)\s*(.*)$/s.exec(value) ?? []
    return { ...settings, keys: withKeys(settings.keys, what, keys) }
  }
  if (!isSetting(name))
    throw new UsageError(`There is no setting ${name}; there are ${Object.keys(SETTINGS).join(', ')}, key.`)
  const values: readonly string[] = SETTINGS[name].values
  if (!values.includes(value)) throw new UsageError(`${name} may be ${values.join(' or ')}, not ${value}.`)
  return { ...settings, [name]: value }
}

/** What `:set` takes, as help and completion tell it. */
export const SETTINGS_USAGE = `[${[...Object.keys(SETTINGS), 'key'].join('|')}] [${Object.values(SETTINGS)
  .flatMap(({ values }) => values)
  .join('|')}|ACTION] [KEYS|default]`

/** Every setting as a line: what it is, and what it may be. */
export function settingsText(settings: Settings): string {
  const lines = Object.entries(SETTINGS).map(([name, { values, summary }]) => {
    const now = isSetting(name) ? settings[name] : ''
    return `${name} ${now}   ${summary}: ${values.join(', ')}`
  })
  const set = Object.keys(settings.keys).length
  const keys = `key ${set === 0 ? '' : `${set} set`}   keys of the screen: \`:set key\` lists them, \`:set key hosts.attach a\` sets one`
  return [...lines, keys].join('\n')
}
