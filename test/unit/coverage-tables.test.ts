import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const TABLES = readdirSync(new URL('docs/', ROOT)).filter(name => name.endsWith('-coverage.md'))

/** The rows of a table `| promised | file | test |`. */
function rowsOf(name: string): (readonly [promised: string, file: string, title: string])[] {
  return readFileSync(new URL(`docs/${name}`, ROOT), 'utf8')
    .split('\n')
    .flatMap(line => {
      const [, promised = '', file = '', title = ''] = line
        .split(/(?<!\\)\|/)
        .map(cell => cell.trim().replaceAll('\\|', '|'))
      return file.startsWith('`') ? [[promised, file.replaceAll('`', ''), title] as const] : []
    })
}

/** Everything a test file says in quotes: titles among it, and whatever they are made of. */
const quotedIn = (file: string): string =>
  existsSync(new URL(file, ROOT)) ? readFileSync(new URL(file, ROOT), 'utf8').replaceAll("\\'", "'") : ''

test.each(TABLES)('docs/%s names tests that there are', name => {
  const rows = rowsOf(name)
  expect(rows.length).toBeGreaterThan(5)
  expect(rows.filter(([, file, title]) => title === '' || !quotedIn(file).includes(title))).toEqual([])
})
