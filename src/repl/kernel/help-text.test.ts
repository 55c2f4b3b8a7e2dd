import { describe, expect, test } from 'vitest'
import { definitionViews } from '../definitions.js'
import { helpAsked } from '../help-asked.js'
import { commandsHelp, definitionHelp } from './help-text.js'

const views = definitionViews()

describe('help on a name', () => {
  test.each(['files.line', 'web.files.line', 'fleet.files.line(', 'line'])('%s', name => {
    const text = definitionHelp(name, views)
    expect(text).toMatch(/^files\.line {2}\(operation\)\nA line in a text file/)
    expect(text).toMatch(/\n {2}path: string +Absolute path on the host\./)
    expect(text).toMatch(/\n {2}present\?: boolean +Whether/)
  })

  test('a fact, and what has the same name on both sides', () => {
    expect(definitionHelp('facts.server.os', views)).toMatch(/^facts\.server\.os {2}\(fact\)\nThe operating system/)
    const both = definitionHelp('link', views)
    expect(both).toContain('files.link  (operation)')
  })

  test('a domain lists what is in it', () => {
    expect(definitionHelp('systemd', views)).toMatch(/^systemd\.service {2}A systemd unit/)
  })

  test('an unknown name says what is near', () => {
    expect(() => definitionHelp('files.lien', views)).toThrow(
      'There is no fact, operation or command files.lien; did you mean files.line?',
    )
  })
})

test('what a command does stands below how it is written', () => {
  const told = [
    [':hosts [PATTERN]', 'List hosts.'],
    [':quit[!]', 'End the session.'],
  ] as const
  expect(commandsHelp(told)).toBe(':hosts [PATTERN]\n    List hosts.\n:quit[!]\n    End the session.')
})

test.each([
  ['files.line?', 'files.line'],
  [' fleet ? ', 'fleet'],
  ['a ? b : c', undefined],
  ['a?.b', undefined],
  ['?', undefined],
  ['f()?', undefined],
])('%s', (line, name) => {
  expect(helpAsked(line)).toBe(name)
})
