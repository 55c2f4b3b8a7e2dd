import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  fingerprint,
  judgeHostKey,
  keyTypeOf,
  knownHostsLine,
  lookupName,
  matchesHost,
  parseKnownHosts,
  preferredAlgorithms,
} from './known-hosts.js'

/** A public key in SSH wire format; the bytes behind the type need not be a curve point for these tests. */
function wireKey(type: string, seed: number): Buffer {
  const body = Buffer.alloc(32, seed)
  const length = (n: number) => Buffer.from([0, 0, 0, n])
  return Buffer.concat([length(type.length), Buffer.from(type), length(body.length), body])
}
const ED = wireKey('ssh-ed25519', 1)
const ED2 = wireKey('ssh-ed25519', 2)
const RSA = wireKey('ssh-rsa', 3)
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
    const text = `# comment\n\nweb-1 ssh-ed25519 ${b64(ED)} a comment\nnonsense\n@what web-1 ssh-rsa ${b64(RSA)}\n  @revoked * ssh-rsa ${b64(RSA)}\n`
    expect(entries(text)).toEqual([
      { file: 'known_hosts', line: 3, patterns: ['web-1'], keyType: 'ssh-ed25519', key: b64(ED) },
      { file: 'known_hosts', line: 6, marker: 'revoked', patterns: ['*'], keyType: 'ssh-rsa', key: b64(RSA) },
    ])
  })

  test('never throws, whatever is in the file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        for (const entry of entries(text)) matchesHost(entry, name)
        judgeHostKey(entries(text), [name], ED)
      }),
    )
  })
})

describe('judgeHostKey', () => {
  const judge = (text: string, key = ED, name = 'web-1') => judgeHostKey(entries(text), [name], key)

  test('the listed key', () => {
    expect(judge(`web-1 ssh-ed25519 ${b64(ED)}`)).toEqual({ kind: 'ok' })
  })
  test('one of several listed keys', () => {
    expect(judge(`web-1 ssh-ed25519 ${b64(ED2)}\nweb-1 ssh-ed25519 ${b64(ED)}`)).toEqual({ kind: 'ok' })
  })
  test('no entry', () => {
    expect(judge(`web-2 ssh-ed25519 ${b64(ED)}`)).toEqual({ kind: 'unknown' })
  })
  test('another key, with where it stands and both fingerprints', () => {
    expect(judge(`# head\nweb-1 ssh-rsa ${b64(RSA)}\nweb-1 ssh-ed25519 ${b64(ED2)}`)).toEqual({
      kind: 'changed',
      file: 'known_hosts',
      line: 3,
      oldType: 'ssh-ed25519',
      oldFingerprint: fingerprint(ED2),
      newFingerprint: fingerprint(ED),
    })
  })
  test('a revoked key is refused even where it is also listed', () => {
    expect(judge(`web-1 ssh-ed25519 ${b64(ED)}\n@revoked * ssh-ed25519 ${b64(ED)}`)).toEqual({
      kind: 'revoked',
      file: 'known_hosts',
      line: 2,
    })
  })
  test('another key being revoked changes nothing', () => {
    expect(judge(`web-1 ssh-ed25519 ${b64(ED)}\n@revoked * ssh-ed25519 ${b64(ED2)}`)).toEqual({ kind: 'ok' })
  })
  test('a certificate authority is no host key', () => {
    expect(judge(`@cert-authority *.net,web-* ssh-ed25519 ${b64(ED)}`)).toEqual({ kind: 'unknown' })
  })
})

test('preferredAlgorithms lists the known types, RSA under its modern names', () => {
  const known = entries(`web-1 ssh-rsa ${b64(RSA)}\nweb-2 ssh-ed25519 ${b64(ED)}\n@revoked * ssh-ed25519 ${b64(ED2)}`)
  expect(preferredAlgorithms(known, ['web-1'])).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'])
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
      expect(judgeHostKey(parseKnownHosts(hashed, file), [name ?? ''], key).kind).toBe(kind)
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
