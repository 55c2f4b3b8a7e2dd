import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { counted } from '../ssh/ssh-wire.js'
import { orderHostKeys } from './host-key-order.js'
import { entriesAbout, judgeHostKey } from './host-key-verdict.js'
import { fingerprint, keyTypeOf, knownHostsLine, lookupName, matchesHost, parseKnownHosts } from './known-hosts.js'

/** A public key in SSH wire format; the bytes need not be a point of the curve for these tests. */
const ed25519 = (seed: number) => Buffer.concat([counted('ssh-ed25519'), counted(Buffer.alloc(32, seed))])
const rsa = (seed: number) =>
  Buffer.concat([counted('ssh-rsa'), counted(Buffer.from([1, 0, 1])), counted(Buffer.alloc(256, seed))])
const ED = ed25519(1)
const ED2 = ed25519(2)
const RSA = rsa(3)
const b64 = (key: Buffer) => key.toString('base64')
const entries = (text: string) => parseKnownHosts(text, 'known_hosts')

describe('matchesHost', () => {
  test.each([
    ['web-1', 'web-1', true],
    ['web-1', 'WEB-1', true],
    ['web-1,10.0.0.1', '10.0.0.1', true],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'example.com', false],
    ['web-?', 'web-1', true],
    ['web-?', 'web-10', false],
    ['*.example.com,!db.example.com', 'db.example.com', false],
    ['!db.example.com,*.example.com', 'db.example.com', false],
    ['!db.example.com', 'web.example.com', false],
    ['[web-1]:2222', '[web-1]:2222', true],
    ['[web-1]:2222', 'web-1', false],
    ['web.1', 'webx1', false],
    ['10.0.0.*', '10.0.0.77', true],
  ])('%s against %s: %s', (patterns, name, expected) => {
    const [entry] = entries(`${patterns} ssh-ed25519 ${b64(ED)}`)
    expect(entry && matchesHost(entry, name)).toBe(expected)
  })
})

describe('parseKnownHosts', () => {
  test('keeps file and line, passes over what is no entry', () => {
    const text = `# comment\n\nweb-1 ssh-ed25519 ${b64(ED)} a comment\nnonsense\n@what web-1 ssh-rsa ${b64(RSA)}\n  @revoked * ssh-rsa ${b64(RSA)}\nweb-2 ssh-rsa ${b64(RSA)}\0!\n`
    expect(entries(text)).toEqual([
      { file: 'known_hosts', line: 3, hosts: 'web-1', keyType: 'ssh-ed25519', key: ED },
      { file: 'known_hosts', line: 6, marker: 'revoked', hosts: '*', keyType: 'ssh-rsa', key: RSA },
      { file: 'known_hosts', line: 7, hosts: 'web-2', keyType: 'ssh-rsa', key: RSA },
    ])
  })

  test('never throws, whatever is in the file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        for (const entry of entries(text)) matchesHost(entry, name)
        judgeHostKey(entries(text), { host: name, port: 22 }, ED, true)
      }),
    )
  })
})

describe('entriesAbout', () => {
  const name = fc.constantFrom('web-1', 'WEB-1', 'web-2', '[web-1]:2222', 'a|b')
  const pattern = fc.oneof(name, fc.constantFrom('web-*', '!web-2', '*', 'web-?', '|1|broken'))
  const listed = fc.oneof(
    fc.array(pattern, { minLength: 1, maxLength: 3 }).map(patterns => patterns.join()),
    name.map(each => knownHostsLine(each, ED, { salt: Buffer.alloc(20, each) }).split(' ')[0] ?? ''),
  )

  test('the index finds the very lines that are found by looking at each', () => {
    fc.assert(
      fc.property(
        fc.array(listed),
        fc.constantFrom('web-1', 'Web-2', 'a|b'),
        fc.constantFrom(22, 2222),
        (hosts, host, port) => {
          const all = entries(hosts.map(each => `${each} ssh-ed25519 ${b64(ED)}\n`).join(''))
          const names = [lookupName(host, port), ...(port === 22 ? [] : [host])]
          const wanted = all.filter(entry => names.some(each => matchesHost(entry, each)))
          expect(entriesAbout(all, { host, port })).toEqual(wanted)
        },
      ),
    )
  })
})

describe('judgeHostKey', () => {
  /** The verdict and the line that speaks. */
  const judge = (text: string, name = { host: 'web-1', port: 22 }, strict = true) => {
    const verdict = judgeHostKey(entries(text), name, ED, strict)
    return verdict.kind === 'unknown' ? 'unknown' : `${verdict.kind} ${verdict.entry.line}`
  }
  const [ed, ed2, r] = [ED, ED2, RSA].map(key => `${keyTypeOf(key)} ${b64(key)}`)
  const other = { host: 'web-1', port: 2222 }

  test.each<[what: string, text: string, verdict: string, name?: typeof other & { hostKeyAlias?: string }]>([
    ['the listed key', `web-1 ${ed}`, 'ok 1'],
    ['one of several listed keys', `web-1 ${ed2}\nweb-1 ${ed}`, 'ok 2'],
    ['no entry', `web-2 ${ed}`, 'unknown'],
    ['another key: the line with one of its type', `# head\nweb-1 ${r}\nweb-1 ${ed2}`, 'changed 3'],
    ['a key of another type', `web-1 ${r}`, 'changed 1'],
    ['revoked, even where it is also listed', `web-1 ${ed}\n@revoked * ${ed}`, 'revoked 2'],
    ['another key revoked', `web-1 ${ed}\n@revoked * ${ed2}`, 'ok 1'],
    ['a certificate authority is no host key', `@cert-authority *.net,web-* ${ed}`, 'unknown'],
    ['listed without the port', `web-1 ${ed}`, 'ok 1', other],
    ['another key listed without the port', `web-1 ${ed2}`, 'unknown', other],
    ['revoked without the port', `@revoked web-1 ${ed}`, 'unknown', other],
    ['another key with, the key without the port', `[web-1]:2222 ${ed2}\nweb-1 ${ed}`, 'changed 1', other],
    ['where there is an alias, only that is looked up', `web-1 ${ed}`, 'unknown', { ...other, hostKeyAlias: 'alias' }],
    ['an alias is looked up as it is', `alias ${ed}\nweb-1 ${ed2}`, 'ok 1', { ...other, hostKeyAlias: 'alias' }],
  ])('%s', (_, text, verdict, name) => expect(judge(text, name)).toBe(verdict))

  test('revoked without the port, where a revoked key is let pass: then without trust', () => {
    expect(judge(`@revoked web-1 ${ed}`, other, false)).toBe('revoked 1')
  })
})

describe('orderHostKeys', () => {
  const algorithms = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256']
  test('asks first for what is known, RSA under its modern names', () => {
    const known = entries(`web-1 ssh-rsa ${b64(RSA)}\nweb-2 ssh-ed25519 ${b64(ED)}\n@revoked * ssh-ed25519 ${b64(ED2)}`)
    expect(orderHostKeys(algorithms, known, 'web-1')).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
    ])
  })
  test('a type whose first key is revoked is not known, whatever else there is of it', () => {
    const lines = [`web-1 ssh-rsa ${b64(RSA)}`, `web-1 ssh-ed25519 ${b64(ED)}`, `web-1 ssh-ed25519 ${b64(ED2)}`]
    const first = (revoked: Buffer) =>
      orderHostKeys(algorithms, entries([`@revoked * ssh-ed25519 ${b64(revoked)}`, ...lines].join('\n')), 'web-1')[0]
    expect([first(ED), first(ED2)]).toEqual(['rsa-sha2-512', 'ssh-ed25519'])
  })
  test('leaves the list alone where its best is known', () => {
    const known = entries(`web-1 ssh-rsa ${b64(RSA)}\nweb-1 ssh-ed25519 ${b64(ED)}`)
    expect(orderHostKeys(algorithms, known, 'web-1')).toEqual(algorithms)
  })
})

test('lookupName puts odd ports in brackets', () => {
  expect([lookupName('h', 22), lookupName('h', 2222), lookupName('::1', 2222)]).toEqual(['h', '[h]:2222', '[::1]:2222'])
})

const keygen = spawnSync('ssh-keygen', ['-?']).error === undefined
describe.skipIf(!keygen)('against ssh-keygen', () => {
  let folder = ''
  let key: Buffer
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-known-'))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
    key = Buffer.from(readFileSync(join(folder, 'key.pub'), 'utf8').split(' ')[1] ?? '', 'base64')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const find = (name: string, file: string) => spawnSync('ssh-keygen', ['-F', name, '-f', file]).status === 0

  test('the fingerprint is the one it prints', () => {
    const said = execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'key.pub')], { encoding: 'utf8' })
    expect(said.split(' ')[1]).toBe(fingerprint(key))
    expect(keyTypeOf(key)).toBe('ssh-ed25519')
  })

  test('names it has hashed are found', () => {
    const file = join(folder, 'hashed')
    writeFileSync(file, knownHostsLine('web-1', key) + knownHostsLine('[10.0.0.7]:2222', key))
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
    const hashed = readFileSync(file, 'utf8')
    expect(hashed).not.toContain('web-1')
    for (const [name, kind] of [
      ['web-1', 'ok'],
      ['[10.0.0.7]:2222', 'ok'],
      ['10.0.0.7', 'unknown'],
      ['web-2', 'unknown'],
    ]) {
      expect(
        judgeHostKey(parseKnownHosts(hashed, file), { host: '', port: 22, hostKeyAlias: name ?? '' }, key, true).kind,
      ).toBe(kind)
    }
  })

  test('names we have hashed are found by it', () => {
    const file = join(folder, 'ours')
    writeFileSync(file, knownHostsLine('Web-1', key, { salt: Buffer.alloc(20, 9) }))
    expect([find('web-1', file), find('web-2', file)]).toEqual([true, false])
  })

  test('we agree on patterns', () => {
    const file = join(folder, 'patterns')
    const part = fc.constantFrom('a', 'b', '*', '?', '.')
    const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map(parts => parts.join(''))
    const patterns = fc
      .array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 3 })
      .map(list => list.map(([no, text]) => (no ? `!${text}` : text)).join(','))
    const name = fc.array(fc.constantFrom('a', 'b', '.'), { minLength: 1, maxLength: 5 }).map(parts => parts.join(''))
    fc.assert(
      fc.property(patterns, name, (listed, host) => {
        writeFileSync(file, `${listed} ssh-ed25519 ${b64(key)}\n`)
        const ours = parseKnownHosts(readFileSync(file, 'utf8'), file).some(entry => matchesHost(entry, host))
        expect(ours).toBe(find(host, file))
      }),
      { numRuns: 60 },
    )
  })
})
