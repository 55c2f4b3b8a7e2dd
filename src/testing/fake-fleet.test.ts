import { expect, it } from 'vitest'
import { fakeFleet } from './index.js'

it('answers as it is told, folds, and says who cannot be reached', async () => {
  const { fleet, ran, events, close } = fakeFleet({
    inventory: { hosts: { 'web-[1-3]': {}, db: {} }, groups: { web: { hosts: ['web-*'] } } },
    answer: (host, script) => ({ stdout: `${script} ${host === 'web-2' ? 'odd' : 'even'}\n` }),
    unreachable: { db: 'no route to host' },
  })
  const results = await fleet.$`uptime ${'a b'}`
  expect(results.groups().map(group => [group.status, String(group.hosts)])).toEqual([
    ['ok', 'web-[1,3]'],
    ['ok', 'web-2'],
    ['unreachable', 'db'],
  ])
  expect(results.outliers().names).toEqual(['web-2', 'db'])
  expect(results.unreachable.names).toEqual(['db'])
  expect(results.get('web-2').text).toBe("uptime 'a b' odd")
  expect(() => results.get('db')).toThrow('db: no route to host')
  expect(ran('web-1')).toEqual(["uptime 'a b'"])
  expect(events.filter(event => event.type === 'task.host')).toHaveLength(4)
  await close()
})

it('sends nothing when a value in a command is missing', async () => {
  const { fleet, ran, close } = fakeFleet({ inventory: ['a'], answer: () => ({}) })
  expect(() => fleet.$`rm -rf ${undefined}/x`).toThrow('A value in the command is undefined; nothing was sent.')
  expect(ran('a')).toEqual([])
  await close()
})
