import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { localPlaces } from './local-names.js'

const folder = mkdtempSync(join(tmpdir(), 'muster-names-'))
afterAll(() => rmSync(folder, { recursive: true }))

const placesOf = (local: string, source = '/var/log/syslog', byHost = true) =>
  localPlaces(new Map([['web-1', source]]), () => local, folder, byHost).get('web-1')

test.each<readonly [local: string, source: string, place: string]>([
  ['syslog', '/var/log/syslog', 'syslog.web-1'],
  ['logs/', '/var/log/syslog', 'logs/syslog.web-1'],
  ['.', '/var/log/syslog', 'syslog.web-1'],
  ['logs/{host}', '/var/log/syslog', 'logs/web-1'],
  ['{host}/', '/var/log/nginx/', 'web-1/nginx'],
  ['all/', '/', 'all/root.web-1'],
])('of a fleet: %s from %s becomes %s', (local, source, place) => {
  expect(placesOf(local, source)).toBe(join(folder, place))
})

test('of one host: what it becomes, or into a directory', () => {
  expect(placesOf('x', '/etc/hosts', false)).toBe(join(folder, 'x'))
  expect(placesOf('x/', '/etc/hosts', false)).toBe(join(folder, 'x', 'hosts'))
  expect(placesOf(folder, '/etc/hosts', false)).toBe(join(folder, 'hosts'))
})

test('no two hosts ever share a place, or it is an error that names both', () => {
  const host = fc.stringMatching(/^[a-z./{}-]{1,6}$/)
  fc.assert(
    fc.property(
      fc.uniqueArray(host, { minLength: 2, maxLength: 5 }),
      fc.constantFrom('a', 'a/', '{host}', 'x/{host}/y'),
      (hosts, local) => {
        const sources = new Map(hosts.map(name => [name, '/etc/hosts']))
        try {
          const places = localPlaces(sources, () => local, folder, true)
          expect(new Set(places.values()).size).toBe(hosts.length)
        } catch (error) {
          expect(String(error)).toMatch(/ and .* would both write to /)
        }
      },
    ),
  )
  expect(() =>
    localPlaces(
      new Map([
        ['a', '/f'],
        ['b', '/f'],
      ]),
      () => 'same{host}'.slice(0, 4),
      folder,
      false,
    ),
  ).toThrow(`a and b would both write to ${join(folder, 'same')}; let {host} stand in the path.`)
})
