import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { ApprovalRequest } from '../../engine/events.js'
import { DEFAULT_KEYMAP } from '../state/keymap.js'
import { widthOf } from '../text/width.js'
import { approvalLines } from './approval-lines.js'
import { themeFor } from './theme.js'

const request: ApprovalRequest = {
  id: 1,
  title: 'files.line /srv/www/configuration/ntp.conf on 500 hosts',
  guard: 'count',
  hosts: ['web-1'],
  plans: [],
  choices: [],
  unplanned: false,
}

test.each([44, 60, 80])('the question is never cut short: %i columns', width => {
  const lines = approvalLines(request, undefined, 'here', {
    width,
    theme: themeFor(false),
    now: 0,
    keymap: DEFAULT_KEYMAP,
  })
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
  const words = lines.map(line => stripVTControlCharacters(line).replace('┃', '').trim())
  const text = words.join(' ').replaceAll(/ +/g, ' ')
  expect(text).toContain('ntp.conf on 500 hosts?')
  expect(text).toContain('guard: count')
})

test.each([30, 44, 60, 120])('no key is parted from what it does: %i columns', width => {
  const choices = [1, 2].map(id => ({ id, hosts: [`web-${id}`], summary: 'changes' }))
  const asked = { ...request, choices, guard: 'confirm' } as const
  const lines = approvalLines(asked, { request: asked, since: 0, step: { kind: 'choose' } }, 'here', {
    width,
    theme: themeFor(false),
    now: 0,
    keymap: DEFAULT_KEYMAP,
  }).map(line => stripVTControlCharacters(line).replace('┃', '').trim())
  const keys = lines.slice(lines.findIndex(line => line.startsWith('a all'))).flatMap(line => line.split(' · '))
  expect(keys).toEqual(['a all', 'g group by group', 'r rest of the cell', 'd diff', 'Esc decline'])
})
