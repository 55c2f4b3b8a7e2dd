import { describe, expect, test } from 'vitest'
import { widthOf } from '../text/width.js'
import { groupRows, nodeSetIn } from './group-row.js'
import { themeFor } from './theme.js'

const theme = themeFor(false)
const row = (hosts: readonly string[], text: string) => ({ hosts, text, open: false, openable: false })
const plain = (rows: string[][]) => rows.map(each => each.map(text => text.replace(/\x1b\[\d+m/g, '').trimEnd()))

describe('a node set in few columns', () => {
  const hosts = ['web-1', 'web-3', 'db-1', 'edge-1']
  test.each([
    [40, 'web-[1,3],db-1,edge-1'],
    [18, 'web-[1,3],db-1 +1'],
    [14, 'web-[1,3] +2'],
    [8, 'web-1 +3'],
    [6, 'web-[…'],
  ])('%i columns: %s', (width, expected) => {
    expect(nodeSetIn(hosts, width)).toBe(expected)
  })

  test('counts hosts, not terms, and cuts a long term between hosts', () => {
    const web = Array.from({ length: 40 }, (_, index) => `web-${index + 1}`)
    expect(nodeSetIn(['db-1', ...web], 10)).toBe('db-1 +40')
    const odd = web.filter((_, index) => index % 2 === 0)
    expect(nodeSetIn(odd, 16)).toBe('web-[1,3,5] +17')
  })
})

describe('rows of groups', () => {
  test('stand in columns where text and names fit side by side', () => {
    const rows = groupRows([row(['web-1', 'web-2'], 'Debian 12.9'), row(['db-1'], '11.11')], {
      width: 60,
      theme,
    })
    expect(plain(rows)).toEqual([['    2 hosts  Debian 12.9  web-[1-2]'], ['    1 host   11.11        db-1']])
  })

  test('give the names a row of their own where they do not, and keep the others in columns', () => {
    const long = 'server new.demo.example iburst minpoll 4'
    const rows = groupRows([row(['web-1', 'db-1', 'edge-1'], long), row(['db-2'], 'short')], {
      width: 60,
      theme,
    })
    expect(plain(rows)).toEqual([
      [`    3 hosts  ${long}`, '             web-1,db-1,edge-1'],
      ['    1 host   short  db-2'],
    ])
    for (const each of rows.flat()) expect(widthOf(each)).toBeLessThanOrEqual(60)
  })
})
