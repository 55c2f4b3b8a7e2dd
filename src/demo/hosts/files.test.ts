import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../engine/errors.js'
import { hostFiles } from './files.js'
import { planHosts } from './fleet-plan.js'

const NOW = new Date('2025-01-15T12:00:00Z')
const hosts = planHosts(5).map(plan => ({
  name: plan.name,
  files: new Map(hostFiles(plan, NOW).map(file => [file.path, String(file.content)])),
}))

/** Which hosts hold the same text, as lists of names. */
function folded(path: string, pick: (text: string) => unknown = text => text): string[][] {
  const groups = new Map<string, string[]>()
  for (const { name, files } of hosts) {
    const text = files.get(path)
    const key = text === undefined ? 'missing' : JSON.stringify(pick(text))
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

describe('the hosts planned', () => {
  test('five by default names, more of one kind after that', () => {
    expect(planHosts(7).map(plan => plan.name)).toEqual([
      'web-1',
      'web-2',
      'web-3',
      'db-1',
      'edge-1',
      'edge-2',
      'edge-3',
    ])
    expect(planHosts(2).map(plan => plan.name)).toEqual(['web-1', 'web-2'])
  })

  test.each([0, -1, 101, 2.5, Number.NaN])('%d hosts are refused', count => {
    expect(() => planHosts(count)).toThrow(UsageError)
  })
})

describe('what a newcomer finds', () => {
  test('one host runs an older release', () => {
    expect(folded('/etc/os-release')).toEqual([['web-1', 'web-2', 'db-1', 'edge-1'], ['web-3']])
  })

  test('one host asks an old time server', () => {
    expect(folded('/etc/ntp.conf')).toEqual([['web-1', 'web-3', 'db-1', 'edge-1'], ['web-2']])
  })

  test('nginx.conf: two web servers alike, one not, the proxy with its own, none on the database', () => {
    expect(folded('/etc/nginx/nginx.conf')).toEqual([['web-1', 'web-2'], ['web-3'], ['db-1'], ['edge-1']])
  })

  test('one host has an older curl within its release', () => {
    const curl = (text: string) => /^Package: curl$[\s\S]*?^Version: (.*)$/m.exec(text)?.[1]
    expect(folded('/var/lib/dpkg/status', curl)).toEqual([['web-1', 'db-1', 'edge-1'], ['web-2'], ['web-3']])
  })

  test('one host keeps a forgotten account', () => {
    const temp = (text: string) => /^temp:/m.test(text)
    expect(folded('/etc/passwd', temp)).toEqual([['web-1', 'web-2', 'db-1', 'edge-1'], ['web-3']])
  })
})

describe.each(hosts)('the files of $name', ({ files }) => {
  test('have paths that are absolute and plain', () => {
    for (const path of files.keys()) expect(posix.resolve('/', path)).toBe(path)
  })

  test('every line of passwd has seven fields and an id of its own', () => {
    const lines = (files.get('/etc/passwd') ?? '').trimEnd().split('\n')
    const fields = lines.map(line => line.split(':'))
    expect(fields.map(line => line.length)).toEqual(lines.map(() => 7))
    expect(new Set(fields.map(line => line[2])).size).toBe(lines.length)
  })
})
