import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEFAULT_SETTINGS, settingsText, withSetting } from './settings.js'
import { keepSettings, readSettings } from './settings-file.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-settings-'))
  vi.stubEnv('XDG_CONFIG_HOME', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('what is set is there for the next session', () => {
  expect(readSettings()).toEqual(DEFAULT_SETTINGS)
  keepSettings(withSetting(readSettings(), 'editor', 'vi'))
  expect(readSettings().editor).toBe('vi')
})

test.each(['{', '[]', 'null', '3', '{"editor":"ed"}', '{"colour":"red"}', '{"editor":{"a":1}}'])(
  'a file with %s in it sets nothing',
  text => {
    mkdirSync(join(folder, 'muster'))
    writeFileSync(join(folder, 'muster/settings.json'), text)
    expect(readSettings()).toEqual(DEFAULT_SETTINGS)
  },
)

test('what cannot be set is refused with what can', () => {
  expect(() => withSetting(DEFAULT_SETTINGS, 'editor', 'ed')).toThrow('editor may be emacs or vi, not ed.')
  expect(() => withSetting(DEFAULT_SETTINGS, 'toString', 'vi')).toThrow(
    'There is no setting toString; there are editor',
  )
})

test('what is set is told', () => {
  expect(settingsText(withSetting(DEFAULT_SETTINGS, 'editor', 'vi'))).toContain(
    'editor vi   keys of the prompt: emacs, vi',
  )
})

test('keys are kept, and what of a file does not count is told', () => {
  keepSettings(withSetting(readSettings(), 'key', 'hosts.attach f7'))
  expect(readSettings().keys).toEqual({ 'hosts.attach': 'f7' })
  const file = join(folder, 'muster/settings.json')
  writeFileSync(file, '{"theme":"pink","keys":{"hosts.attach":"f7","hosts.sort":"f7","cells.copy":"c"}}')
  const faults: string[] = []
  expect(readSettings(fault => faults.push(fault)).keys).toEqual({ 'hosts.attach': 'f7', 'cells.copy': 'c' })
  expect(faults).toEqual([
    `${file}: theme may be terminal or dark or light or contrast, not pink.`,
    `${file}: hosts.sort cannot be f7: hosts.attach has that key; set it to another first.`,
  ])
  writeFileSync(file, '{"keys":')
  readSettings(fault => faults.push(fault))
  expect(faults.at(-1)).toMatch(/settings\.json is not JSON \(.+\): nothing in it counts\.$/)
})
