import { UsageError } from '../../engine/errors.js'

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
export type Settings = Readonly<Record<SettingName, string>>

export const DEFAULT_SETTINGS: Settings = {
  editor: SETTINGS.editor.values[0],
  theme: SETTINGS.theme.values[0],
  signs: SETTINGS.signs.values[0],
}

const isSetting = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name)

/**
 * The settings with one of them changed.
 *
 * @throws {UsageError} when there is no such setting, or it cannot be that
 * @example
 * withSetting(DEFAULT_SETTINGS, 'editor', 'vi') // { editor: 'vi' }
 */
export function withSetting(settings: Settings, name: string, value: string): Settings {
  if (!isSetting(name))
    throw new UsageError(`There is no setting ${name}; there are ${Object.keys(SETTINGS).join(', ')}.`)
  const values: readonly string[] = SETTINGS[name].values
  if (!values.includes(value)) throw new UsageError(`${name} may be ${values.join(' or ')}, not ${value}.`)
  return { ...settings, [name]: value }
}

/** What `:set` takes, as help and completion tell it. */
export const SETTINGS_USAGE = `[${Object.keys(SETTINGS).join('|')}] [${Object.values(SETTINGS)
  .flatMap(({ values }) => values)
  .join('|')}]`

/** Every setting as a line: what it is, and what it may be. */
export function settingsText(settings: Settings): string {
  return Object.entries(SETTINGS)
    .map(([name, { values, summary }]) => {
      const now = isSetting(name) ? settings[name] : ''
      return `${name} ${now}   ${summary}: ${values.join(', ')}`
    })
    .join('\n')
}
