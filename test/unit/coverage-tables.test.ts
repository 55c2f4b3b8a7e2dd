import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const TABLES = readdirSync(new URL('docs/', ROOT)).filter(name => name.endsWith('-coverage.md'))

type Proof = readonly [promised: string, file: string, title: string]

/** The rows of a table `| promised | file | test |`. */
function rowsOf(text: string): Proof[] {
  return text.split('\n').flatMap((line): Proof[] => {
    const [, promised = '', file = '', title = ''] = line
      .split(/(?<!\\)\|/)
      .map(cell => cell.trim().replaceAll('\\|', '|'))
    return file.startsWith('`') ? [[promised, file.replaceAll('`', ''), title]] : []
  })
}

/** The items of a list: what was promised, and below it lines of a file and titles in it, `src/x.test.ts` “one” “another”. */
function itemsOf(text: string): Proof[] {
  const [, ...items] = text.split(/^- /m)
  return items.flatMap((item): Proof[] => {
    const [promised = '', ...lines] = item.split(/\n#/)[0]?.trimEnd().split('\n') ?? []
    if (lines.length === 0) return [[promised, '', '']]
    return lines.flatMap((line): Proof[] => {
      const [, file = '', titles = ''] = /^ {2}- `([^`]+)` (.+)$/.exec(line) ?? []
      const named = [...titles.matchAll(/“([^”]+)”|«([^»]+)»/g)].map(([, one, other]) => one ?? other ?? '')
      return (named.length === 0 ? [''] : named).map(title => [promised, file, title])
    })
  })
}

/** Everything a test file says in quotes: titles among it, and whatever they are made of. */
const quotedIn = (file: string): string =>
  file !== '' && existsSync(new URL(file, ROOT)) ? readFileSync(new URL(file, ROOT), 'utf8').replaceAll("\\'", "'") : ''

test.each(TABLES)('docs/%s names tests that there are', name => {
  const text = readFileSync(new URL(`docs/${name}`, ROOT), 'utf8')
  const proofs = [...rowsOf(text), ...itemsOf(text)]
  expect(proofs.length).toBeGreaterThan(50)
  expect(
    proofs.filter(([, file, title]) => title === '' || !quotedIn(file).includes(title.replaceAll("\\'", "'"))),
  ).toEqual([])
})
