import { expect, test } from 'vitest'
import { Recent } from './recent.js'

test('reads once for those that ask together, anew later, and after a failure at once', async () => {
  let reads = 0
  const recent = new Recent(async (name: string) => {
    reads += 1
    if (name === 'broken') throw new Error('broken')
    return `${name} ${reads}`
  })
  expect(await Promise.all(['a', 'a', 'b'].map(name => recent.get(name)))).toEqual(['a 1', 'a 1', 'b 2'])
  expect(await recent.get('a')).toBe('a 1')
  await expect(recent.get('broken')).rejects.toThrow('broken')
  await expect(recent.get('broken')).rejects.toThrow('broken')
  expect(reads).toBe(4)
  await new Promise(resolve => setTimeout(resolve, 150))
  expect(await recent.get('a')).toBe('a 5')
})
