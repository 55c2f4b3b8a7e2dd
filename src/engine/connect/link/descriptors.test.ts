import { expect, test } from 'vitest'
import { Descriptors, ownDescriptors } from './descriptors.js'

test('refuses before there are none left, and looks seldom while there are many', () => {
  let used = 24
  let looks = 0
  const descriptors = new Descriptors(() => {
    looks += 1
    return { limit: 1024, used }
  })
  let made = 0
  while (descriptors.shortage() === undefined) {
    made += 1
    used += 1
  }
  expect(made).toBeGreaterThan(940)
  expect(used).toBeLessThan(1024 - 40)
  expect(looks).toBeLessThan(60)
  expect(descriptors.shortage()).toBe(
    'no more connections: 976 of the 1024 files this process may have open are in use; raise `ulimit -n`',
  )
  used -= 1
  expect(descriptors.shortage()).toBeUndefined()
})

test('where nobody tells how many there are, none is refused', () => {
  const descriptors = new Descriptors(() => undefined)
  expect(Array.from({ length: 5000 }, () => descriptors.shortage()).every(each => each === undefined)).toBe(true)
})

test.runIf(process.platform === 'linux')('counts those of this process', () => {
  const own = ownDescriptors()
  expect(own?.used).toBeGreaterThan(3)
  expect(own?.limit).toBeGreaterThan(own?.used ?? 0)
})
