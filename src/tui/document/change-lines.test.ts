import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { changeLines } from './change-lines.js'
import { themeFor } from './theme.js'

const theme = themeFor(true, 'dark')
const change = (before: string, after: string) => ({
  summary: 'edit /etc/ntp.conf',
  diff: { kind: 'text', subject: '/etc/ntp.conf', before, after } as const,
  commands: [],
  undoable: true,
})

test('the words that differ are underlined; what stays is coloured as configuration', () => {
  const lines = changeLines([change('# time\nport = 123\nserver old\n', '# time\nport = 123\nserver new\n')], theme)
  expect(lines.map(stripVTControlCharacters)).toEqual([
    'edit /etc/ntp.conf',
    '@@ -1,3 +1,3 @@',
    '  # time',
    '  port = 123',
    '- server old',
    '+ server new',
  ])
  expect(lines[2]).toBe(`  ${theme.faint('# time')}`)
  expect(lines[3]).toBe(`  ${theme.name('port')} = ${theme.number('123')}`)
  expect(lines[4]).toContain(theme.underlined('old'))
  expect(lines[5]).toContain(theme.underlined('new'))
})

test('lines that do not stand for each other are not compared', () => {
  const lines = changeLines([change('a\nb\n', 'c\n')], theme)
  expect(lines.join('\n')).not.toContain('\x1b[4m')
  expect(lines.map(stripVTControlCharacters).slice(2)).toEqual(['- a', '- b', '+ c'])
})
