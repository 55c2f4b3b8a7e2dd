import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalHost } from '../addresses.js'
import { sshSettings } from '../ssh/ssh-settings.js'
import { parseJumps } from '../ways/jump-hosts.js'
import { computeConfig } from './compute.js'
import { type ConfigQuestion, hostNameOf, type SshConfigValues } from './evaluate.js'
import { ConfigFiles } from './files.js'
import { isSetting } from './keywords.js'
import { localUser } from './local-user.js'
import { isDebians, replacedAlike } from './printed.js'
import { SshConfigReader } from './reader.js'
import { askSsh } from './ssh-g.js'

/** Our own evaluation, held against the real `ssh -G` on configurations made up at random. */

const noSsh = spawnSync('ssh', ['-V']).error !== undefined
const RUNS = 100

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-differential-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Printed for the host and not as they are written; held against each other on their own. */
const REPLACED = new Set(['hostname', 'userknownhostsfile', 'revokedhostkeys', 'identityagent', 'forwardagent'])

const NAMES = ['web-1', 'web-2', 'WEB-1', 'db', 'a.example', '10.0.0.1', '::1', '127.1']
const name = fc.constantFrom(...NAMES)
const pattern = fc.constantFrom(
  '*',
  'web-*',
  '!web-2',
  'db',
  '?b',
  '*.example',
  '10.*',
  '!*-1',
  'WEB-*',
  '::1',
  'x.internal',
)
const user = fc.constantFrom('ada', 'bob')

/** What Match goes by. */
const deciding = fc.oneof(
  pick('HostName', 'x.example', '%h.internal', 'Y.Example', '10.1.2.3', '"%h"', 'a%%b'),
  pick('User', 'ada', 'bob', '"ada"', "'bob'", 'a\\"b'),
  pick('Port', '22', '2222', '65535'),
)
const SETTINGS = [
  pick('IdentityFile', '~/.ssh/a', '"/k b"', '%d/k-%r', 'none', '/k\\ c', '~/.ssh/a'),
  pick('CertificateFile', '~/.ssh/a-cert.pub', '/c'),
  pick('UserKnownHostsFile', '~/kh /a', 'none', '"%d/kh-%h-%r-%p-%n-%u-%i-%L-%l-%k"', '\u0024{MUSTER_TEST}/kh'),
  pick('RevokedHostKeys', '/r', '~/r'),
  pick('GlobalKnownHostsFile', '/g1 /g2', 'none'),
  pick('ProxyJump', 'j', 'u@j:22,k', 'ssh://u@j:2222', '[::2]:22', 'j # by way of j'),
  pick('ProxyCommand', 'nc %h %p', 'none', '  nc "%h" %p # not a comment'),
  pick('ConnectTimeout', '5', '1m30', '2H', 'none'),
  // Not 0, its default: where ssh alone can tell whether a line applies, that one cannot be told from no line.
  pick('ServerAliveInterval', '15', '1m'),
  pick('ServerAliveCountMax', '2'),
  pick('StrictHostKeyChecking', 'yes', 'no', 'off', 'ask', 'accept-new', 'FALSE'),
  pick('IdentitiesOnly', 'yes', 'no', 'true', 'No'),
  pick('AddressFamily', 'inet', 'inet6', 'any', 'INET'),
  pick('BindAddress', '127.0.0.1'),
  pick('IdentityAgent', '~/agent-%h', 'none', 'SSH_AUTH_SOCK', '$MUSTER_TEST'),
  pick('ForwardAgent', 'yes', '"~/a b-%p"', '$MUSTER_TEST'),
  pick('HostKeyAlias', 'alias', 'Other.Alias'),
  pick('BatchMode', 'yes', 'no'),
  pick('PasswordAuthentication', 'yes', 'no'),
  pick('ChallengeResponseAuthentication', 'yes', 'no'),
  pick('PubkeyAuthentication', 'yes', 'no', 'unbound'),
  pick('PreferredAuthentications', 'publickey', 'password,publickey'),
  pick('NumberOfPasswordPrompts', '1'),
  pick('ConnectionAttempts', '3'),
  pick('HashKnownHosts', 'yes'),
  pick('ForwardX11', 'yes'),
  pick('IgnoreUnknown', 'Fant*,Other'),
]
type Setting = (typeof SETTINGS)[number]
/** A few keywords that stand in a configuration again and again: which of several lines counts is what is hard. */
const few = fc.shuffledSubarray(SETTINGS, { minLength: 1, maxLength: 4 })
const mistake = fc.oneof(
  pick('Fantasy', 'yes'),
  pick('Port', 'many', '70000', ''),
  pick('User', '', '"open', 'two words'),
  pick('ConnectTimeout', 'soon', '5x'),
  pick('StrictHostKeyChecking', 'sometimes'),
  pick('IdentitiesOnly', 'off'),
  pick('UserKnownHostsFile', '""'),
  pick('Match', 'nothing web-1', 'user', 'host web-1 user ada all', ''),
)
const criterion = fc.oneof(
  fc.tuple(
    fc.constantFrom('host', 'originalhost', '!host', '!originalhost', 'HOST'),
    fc.array(pattern, { minLength: 1, maxLength: 2 }),
  ),
  fc.tuple(
    fc.constantFrom('user', '!user', 'localuser', '!localuser'),
    fc.tuple(fc.constantFrom('ada', 'bob', 'root', '*', '!ada', 'a*')),
  ),
  fc.tuple(
    fc.constantFrom('exec', '!exec'),
    fc.tuple(fc.constantFrom('"true"', 'false', '"test %h = web-1"', '"test %r = ada"', '"test %p -gt 22"')),
  ),
  fc.tuple(fc.constantFrom('canonical', 'final', '!canonical'), fc.constant([])),
)
const match = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(criterion, { minLength: 1, maxLength: 3 })
      .map(all => all.map(([key, list]) => [key, ...(list.length > 0 ? [list.join(',')] : [])].join(' ')).join(' ')),
  },
  { weight: 1, arbitrary: fc.constantFrom('all', '!all', 'canonical all', 'final all') },
)
const include = fc.constantFrom('@@/a', '@@/b', '@@/*', '@@/[ab]', '@@/none', '"@@/a" @@/b', '@@/c d')
const line = (settings: readonly Setting[], mistakes: number) =>
  fc.oneof(
    { weight: 4, arbitrary: deciding },
    { weight: 8, arbitrary: fc.oneof(...settings) },
    {
      weight: 3,
      arbitrary: fc.array(pattern, { minLength: 1, maxLength: 3 }).map(list => written('Host', list.join(' '))),
    },
    { weight: 3, arbitrary: match.map(condition => written('Match', condition)) },
    { weight: 2, arbitrary: include.map(path => written('Include', path)) },
    { weight: 1, arbitrary: fc.constantFrom('', '# nothing', '   ', '\t# more') },
    { weight: mistakes, arbitrary: mistake },
  )
const style = fc.record({
  separator: fc.constantFrom(' ', '=', ' = ', '\t', '  ', ' ='),
  indent: fc.constantFrom('', '  ', '\t'),
  ending: fc.constantFrom('\n', '\r\n', ' \n', ' # said\n'),
  spell: fc.constantFrom(
    (word: string) => word,
    (word: string) => word.toUpperCase(),
    (word: string) => word.toLowerCase(),
  ),
})
const file = (settings: readonly Setting[], mistakes: number) =>
  fc
    .array(fc.tuple(line(settings, mistakes), style), { maxLength: 14 })
    .map(lines => lines.map(([each, how]) => spell(each, how)).join(''))
const config = (mistakes: number) =>
  few.chain(settings =>
    fc.record({
      main: file(settings, mistakes),
      a: file(settings, mistakes),
      b: file(settings, 0),
      question: question(),
    }),
  )

interface Written {
  readonly keyword: string
  readonly argument: string
}

function written(keyword: string, argument: string): Written {
  return { keyword, argument }
}

function pick(keyword: string, ...values: string[]) {
  return fc.constantFrom(...values).map(value => written(keyword, value))
}

function question() {
  return fc.record(
    {
      host: name,
      user,
      port: fc.constantFrom(22, 2200),
      hostName: fc.constantFrom('10.9.9.9', 'other.example', 'fe80::1%lo'),
    },
    { requiredKeys: ['host'] },
  )
}

function spell(
  each: Written | string,
  {
    separator,
    indent,
    ending,
    spell: how,
  }: { separator: string; indent: string; ending: string; spell: (word: string) => string },
): string {
  if (typeof each === 'string') return `${each}\n`
  const rest = /^(?:proxy|include)/i.test(each.keyword) ? '\n' : ending
  return `${indent}${how(each.keyword)}${separator}${each.argument}${rest}`
}

/** Writes the files and gives the path of the first. */
function write(texts: { readonly main: string; readonly a: string; readonly b: string }): string {
  const inc = join(folder, 'inc')
  mkdirSync(inc, { recursive: true })
  const place = (text: string) => text.replaceAll('@@', inc)
  writeFileSync(join(inc, 'a'), place(texts.a).replaceAll(/^.*inc\/(?:a|\*|\[ab\]).*$/gm, ''), { mode: 0o600 })
  writeFileSync(join(inc, 'b'), place(texts.b).replaceAll(/^.*inc\/.*$/gm, ''), { mode: 0o600 })
  const main = join(folder, 'config')
  writeFileSync(main, place(texts.main), { mode: 0o600 })
  return main
}

async function ours(asked: ConfigQuestion, main: string): Promise<SshConfigValues | Error> {
  const files = new ConfigFiles()
  const world = {
    roots: [{ file: main, ofUser: true }],
    local: localUser(),
    lines: (path: string) => files.lines(path),
    glob: (path: string) => files.glob(path),
  }
  return computeConfig(asked, world).catch((error: Error) => error)
}

/** Every setting, with the default where there is none, in one form for both. */
function shown(values: SshConfigValues, asked: ConfigQuestion, defaults: SshConfigValues): Record<string, unknown> {
  const keywords = [...new Set([...values.keys(), ...defaults.keys()])].filter(
    each => isSetting(each) && !REPLACED.has(each),
  )
  const jump = values.get('proxyjump')?.[0]
  const command = values.get('proxycommand')?.[0]
  return {
    ...Object.fromEntries(
      keywords.map(each => [each, (isDebians(each, values) ? undefined : values.get(each)) ?? defaults.get(each)]),
    ),
    user: [asked.user ?? values.get('user')?.[0] ?? defaults.get('user')?.[0]],
    port: [String(asked.port ?? values.get('port')?.[0] ?? 22)],
    hostkeyalias: values.get('hostkeyalias')?.[0]?.toLowerCase(),
    proxyjump: jump === undefined || jump === 'none' ? undefined : parseJumps(jump, { settings: {} }),
    proxycommand: command === 'none' ? undefined : command,
  }
}

describe.skipIf(noSsh)('our evaluation and ssh -G', () => {
  let defaults: SshConfigValues
  beforeAll(async () => {
    // `ssh -G` prints lists of files without quotes: a blank in one of them could not be told from the next file.
    process.env.MUSTER_TEST = '/from/the-environment'
    const asked = await askSsh({ host: 'muster' }, 'none')
    if (asked === undefined) throw new Error('no ssh')
    defaults = asked
  })

  test('agree on every keyword', async () => {
    await fc.assert(
      fc.asyncProperty(config(0), async ({ question: asked, ...texts }) => {
        const main = write(texts)
        const [own, printed] = await Promise.all([ours(asked, main), askSsh(asked, main)])
        if (own instanceof Error || printed === undefined) throw own
        expect(shown(own, asked, defaults)).toEqual(shown(printed, asked, defaults))
        expect(canonicalHost(hostNameOf(own.get('hostname')?.[0], asked))).toBe(printed.get('hostname')?.[0])
        expect(replacedAlike(own, printed, asked, localUser())).toBe(true)
      }),
      { numRuns: RUNS },
    )
  }, 120_000)

  // Behind a jump host %C is another one since OpenSSH 9.6.
  test('agree on the hash of a connection', async () => {
    const main = write({ main: 'User ada\nPort 2200\nHostName %h.example\nUserKnownHostsFile /kh-%C\n', a: '', b: '' })
    const asked = { host: 'web-1' }
    const printed = await askSsh(asked, main)
    const { knownHostsFiles } = await sshSettings(
      { name: 'web-1', settings: { sshConfigFile: main } },
      new SshConfigReader(async () => undefined),
    )
    expect(knownHostsFiles[0]).toMatch(/^\/kh-[0-9a-f]{40}$/)
    expect(printed?.get('userknownhostsfile')).toEqual(knownHostsFiles.slice(0, 1))
  })

  test('agree on what is a mistake, and on its line', async () => {
    await fc.assert(
      fc.asyncProperty(config(3), async ({ question: asked, ...texts }) => {
        const main = write(texts)
        const [own, theirs] = await Promise.all([ours(asked, main), askSsh(asked, main).catch((error: Error) => error)])
        expect(own instanceof Error, String(theirs)).toBe(theirs instanceof Error)
        if (own instanceof Error && theirs instanceof Error) expect(lineOf(own)).toBe(lineOf(theirs))
      }),
      { numRuns: RUNS },
    )
  }, 120_000)

  test('give the same settings, with ssh and without it, also where one answer serves many hosts', async () => {
    await fc.assert(
      fc.asyncProperty(config(0), fc.array(question(), { maxLength: 4 }), async ({ question: one, ...texts }, more) => {
        const sshConfigFile = write(texts)
        const [withSsh, without] = [new SshConfigReader(), new SshConfigReader(async () => undefined)]
        for (const { host, hostName, ...given } of [one, ...more]) {
          const settings = { ...given, ...(hostName === undefined ? {} : { address: hostName }), sshConfigFile }
          const endpoint = { name: host, settings }
          expect(await sshSettings(endpoint, without)).toEqual(await sshSettings(endpoint, withSsh))
        }
      }),
      { numRuns: RUNS / 2 },
    )
  }, 120_000)
})

function lineOf(error: Error): string | undefined {
  return /line (\d+)/.exec(error.message)?.[1]
}
