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
