import { expect, test } from 'vitest'
import { themeFor } from '../theme.js'
import { timeline } from './timeline.js'

const plain = (rows: readonly string[]) => rows.map(row => row.replace(/\x1b\[\d+m/g, ''))

test('a rollout: who was at work when, hosts of one step in one row', () => {
  const spans = [
    { host: 'web-1', start: 0, end: 90 },
    { host: 'web-2', start: 100, end: 290 },
    { host: 'web-3', start: 100, end: 290 },
    { host: 'web-4', start: 300, end: 400 },
  ]
  expect(plain(timeline(spans, 30, themeFor(false)))).toEqual([
    'at work    ▃▃▃▃█▆▆▆▆▆▆▆▆▆▃▃▃▃▃',
    'web-1      ▓▓▓▓▓',
    'web-[2-3]  ····▓▓▓▓▓▓▓▓▓▓',
    'web-4      ··············▓▓▓▓▓',
    '           0            0.40 s',
  ])
})

test('hosts that all worked at the same time need no timeline', () => {
  const spans = ['a', 'b'].map(host => ({ host, start: 0, end: 100 }))
  expect(timeline(spans, 40, themeFor(false))).toEqual([])
  expect(timeline(spans.slice(1), 40, themeFor(false))).toEqual([])
})
