import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UsageError } from '../../errors.js'
import type { ConfigQuestion } from './evaluate.js'
import { configLines, splitWords } from './lines.js'
import { SshConfigReader } from './reader.js'
import { askSsh } from './ssh-g.js'

const noSsh = spawnSync('ssh', ['-V']).error !== undefined

let folder = ''
const write = (text: string) => {
  const file = join(folder, `config-${Math.random().toString(36).slice(2)}`)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-reader-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A reader that counts how often it asks ssh. */
function counting() {
  const asked: ConfigQuestion[] = []
  const reader = new SshConfigReader((question, file) => {
    asked.push(question)
    return askSsh(question, file)
  })
  return { reader, asked }
}

const without = () => new SshConfigReader(async () => undefined)

describe.skipIf(noSsh)('how often ssh is asked', () => {
  const fleet = Array.from(
    { length: 500 },
    (_, n): ConfigQuestion => ({ host: `web-${n}`, hostName: `10.0.0.${n % 250}`, port: 2200 + n }),
  )
  test.each([
    ['never, when nothing applies', 'Host db-*\n  User ada\nHost *\n  SendEnv LANG\n', 0],
    ['once for all hosts under one block', 'Host web-*\n  User ada\n', 1],
    [
      'once, when the values hold tokens',
      'Host *\n  IdentityFile ~/.ssh/%n\n  UserKnownHostsFile ~/known/%k-%p\n  HostName %h.example\n',
      1,
    ],
    ['once for each block', 'Host web-1*\n  User ada\nHost web-*\n  User bob\n', 2],
    [
      'once, when Match can be judged by us',
      'Match host 10.* user root,ada\n  User ada\nMatch final all\n  Compression yes\n  IdentitiesOnly yes\n',
      1,
    ],
  ])('%s', async (_, text, times) => {
    const { reader, asked } = counting()
    const file = write(text)
    await Promise.all(fleet.map(question => reader.read(question, file)))
    expect(asked).toHaveLength(times)
  })

  test('for each host, when a command decides; and it sees the address, port and user of the inventory', async () => {
    const { reader, asked } = counting()
    const file = write('Match exec "test %h-%p-%r = 10.0.0.7-2207-eve"\n  IdentityFile ~/matched\n')
    const read = (n: number, user?: string) => {
      const question = fleet[n]
      if (!question) throw new Error('no such host')
      return reader.read(user === undefined ? question : { ...question, user }, file)
    }
    expect((await read(7, 'eve')).get('identityfile')).toEqual(['~/matched'])
    expect((await read(7, 'ada')).get('identityfile')).toBeUndefined()
    expect((await read(8, 'eve')).get('identityfile')).toBeUndefined()
    expect(asked.map(({ host }) => host)).toEqual(['web-7', 'muster', 'web-7', 'web-8'])
  })

  test('an address with a zone goes through unharmed', async () => {
    const values = await counting().reader.read(
      { host: 'a', hostName: 'fe80::1%lo' },
      write('Match host fe80*\n  User ada\n'),
    )
    expect(values.get('user')).toEqual(['ada'])
  })

  test('a host that is its own jump host is reached all the same', async () => {
    const { reader } = counting()
    const file = write('Host *\n  ProxyJump jump\n')
    expect((await reader.read({ host: 'jump' }, file)).get('proxyjump')).toEqual(['jump'])
    expect((await reader.read({ host: 'web-1' }, file)).get('proxyjump')).toEqual(['jump'])
  })
})

describe.each([
  ['with ssh', () => new SshConfigReader()],
  ['without ssh', without],
])('%s', (how, reader) => {
  const there = how === 'without ssh' || !noSsh
  test.runIf(there)('a name that resolves in none of the CanonicalDomains stays, or is refused', async () => {
    const text =
      'CanonicalizeHostname yes\nCanonicalDomains invalid localdomain\nMatch canonical host *.localdomain\n  User full\nMatch host nowhere\n  User short\n'
    const local = await reader().read({ host: 'nowhere' }, write(text))
    expect([local.get('user'), local.get('hostname')?.[0] ?? 'nowhere']).toEqual([['short'], 'nowhere'])
    const strict = write('CanonicalizeHostname yes\nCanonicalDomains invalid\nCanonicalizeFallbackLocal no\n')
    await expect(reader().read({ host: 'nowhere' }, strict)).rejects.toThrow(/nowhere/)
  })

  test.runIf(there)('a mistake is one sentence with file and line', async () => {
    const file = write('Host a\n  Port 22\n\n  StrictHostKeyChecking sometimes\n')
    await expect(reader().read({ host: 'a' }, file)).rejects.toThrow(
      new RegExp(`^ssh_config cannot be evaluated: ${file} line 4: .*sometimes`),
    )
    const included = write(`Include ${file}\nInclude /no/such/file\nHost a\n  User x\n`)
    await expect(reader().read({ host: 'a' }, included)).rejects.toThrow(`${file} line 4: `)
  })

  test.runIf(there)('a command is run only where what stands before it holds', async () => {
    const mark = join(folder, `ran-${how.replace(' ', '-')}`)
    const file = write(
      `Match host other exec "touch ${mark}"\n  User ada\nMatch host a exec "test ! -e ${mark}"\n  User bob\n`,
    )
    expect((await reader().read({ host: 'a' }, file)).get('user')).toEqual(['bob'])
    expect(existsSync(mark)).toBe(false)
  })

  test.runIf(there)('an Include that leads to itself ends', async () => {
    const file = write('')
    writeFileSync(file, `Include ${file}\nUser ada\n`, { mode: 0o600 })
    await expect(reader().read({ host: 'a' }, file)).rejects.toThrow('Too many recursive configuration includes')
  })

  test.runIf(there)('a file that others may write is refused, as ssh does', async () => {
    if (how === 'without ssh') return
    const loose = write('User ada\n')
    const { chmodSync } = await import('node:fs')
    chmodSync(loose, 0o666)
    await expect(reader().read({ host: 'a' }, write(`Include ${loose}\nPort 22\n`))).rejects.toThrow(
      `Bad owner or permissions on ${loose}`,
    )
  })
})

describe('whatever is in a file', () => {
  const text = fc.string({
    unit: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          'Host ',
          'Match ',
          'exec ',
          'host ',
          '!',
          '*',
          '"',
          "'",
          '\\',
          '#',
          '=',
          ' ',
          '\t',
          '\n',
          '\r\n',
          '%',
          '%h',
          '$',
          '{',
          '}',
          'User ',
          'Port ',
          'Include ',
          'HostName ',
          'all',
          'final ',
          ',',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
    ),
    maxLength: 60,
  })

  test('it is read, or refused in one sentence', async () => {
    await fc.assert(
      fc.asyncProperty(text, async body => {
        // What may be run is run for real: nothing is.
        const file = write(body.replace(/exec|Include/gi, 'x'))
        try {
          await without().read({ host: 'web-1' }, file)
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('every line comes out as a keyword and words, or with a problem', () => {
    fc.assert(
      fc.property(text, body => {
        for (const { keyword, words, rest, line, problem } of configLines(body, 'f')) {
          expect(keyword).toMatch(/^[^#]/s)
          expect(line).toBeLessThanOrEqual(body.split('\n').length)
          expect(problem !== undefined || words.length > 0 || rest.startsWith('#')).toBe(true)
        }
      }),
    )
  })

  test.each([
    ['one\ttwo  three', ['one', 'two', 'three']],
    ['"a b" \'c d\' e\\ f', ['a b', 'c d', 'e f']],
    ['"a\\ b" "c\\"d" \'e\\\\f\'', ['a\\ b', 'c"d', 'e\\f']],
    ['one #two', ['one']],
    ['one#two', ['one#two']],
    ['a"b c"d', ['ab cd']],
    ['"open', undefined],
  ])('%j is %j', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })

  test('words come back from their quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }), words => {
        const quoted = words.map(word => `"${word.replace(/["'\\]/g, '\\$&')}"`)
        expect(splitWords(quoted.join(' '))).toEqual(words)
      }),
    )
  })
})
