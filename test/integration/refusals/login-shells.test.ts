import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkTo, stdout } from '../../fleet/link-to.js'
import { type SshdOptions, sshdMissing, startSshd } from '../../fleet/sshd.js'

/** Login shells that are odd, or that are none: a command runs all the same, or it is told in one sentence why not. */

const why = sshdMissing() ?? (process.getuid?.() === 0 ? undefined : 'changing the login shell needs root')
if (why) test.skip(`login shells: ${why}`)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-login-'))
  chmodSync(folder, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A program to be somebody's login shell. */
function program(name: string, script: string): string {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return file
}

/** A server on which root has another login shell and some dotfiles, and a link to it. */
async function withShell<T>(
  shell: string,
  use: (link: ReturnType<typeof linkTo>) => Promise<T>,
  { files = {}, ...options }: SshdOptions & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const passwd = join(folder, 'passwd')
  writeFileSync(passwd, readFileSync('/etc/passwd', 'utf8').replace(/^(root:.*:)[^:\n]*$/m, `$1${shell}`))
  const sshd = await startSshd({ mounts: `mount --bind ${passwd} /etc/passwd`, ...options })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(sshd.folder, name), text)
  try {
    return await use(linkTo(sshd, { connectTimeout: 4 }))
  } finally {
    await sshd.stop()
  }
}

const sentence = async (link: ReturnType<typeof linkTo>) => {
  const start = performance.now()
  const error: unknown = await link.run('true').then(
    () => new Error('it ran'),
    thrown => thrown,
  )
  expect(performance.now() - start).toBeLessThan(20_000)
  if (!(error instanceof Error)) throw new Error('no error')
  expect(error.message).not.toMatch(/\p{Cc}/u)
  return error.message
}

const NOISE = {
  '.bashrc': 'echo noise on stdout; echo noise on stderr >&2; printf "no newline"\n',
  '.zshenv': 'echo noise; echo noise >&2\n',
  '.cshrc': 'echo noise\n',
  '.tcshrc': 'echo noise\n',
  '.profile': 'echo noise\n',
}

describe.skipIf(why)('a login shell', () => {
  test.each([
    ['dash', '/bin/dash'],
    ['bash with a .bashrc that prints', '/bin/bash'],
    ['zsh with a .zshenv that prints', '/usr/bin/zsh'],
    ['fish', '/usr/bin/fish'],
    ['tcsh with a .tcshrc that prints', '/usr/bin/tcsh'],
    ['csh', '/usr/bin/bsd-csh'],
  ])('that is %s runs commands as any other does', async (_, shell) => {
    expect(existsSync(shell), `${shell} is not installed`).toBe(true)
    await withShell(
      shell,
      async link => {
        const text = `it's "100%" \\n $HOME !x \`y\``
        expect(await stdout(link, `printf '%s|' "$0" ${'"$@"'}; cat`, Buffer.from(text))).toBe(`sh|${text}`)
        const { stderr, exitCode } = await link.run('echo out; echo err >&2; (exit 7)')
        expect([stderr.toString(), exitCode]).toEqual(['err\n', 7])
      },
      { files: NOISE },
    )
  })

  test('that is busybox ash runs commands', async () => {
    await withShell(program('ash', 'exec /bin/busybox ash "$@"'), async link => {
      expect(await stdout(link, 'echo it ran')).toBe('it ran\n')
    })
  })

  test('that greets at length, without an end of line, runs commands', async () => {
    const greeter = program(
      'greeter',
      `i=0; while [ $i -lt 2000 ]; do echo "welcome $i"; i=$((i+1)); done; printf 'last line '; exec sh "$@"`,
    )
    await withShell(greeter, async link => expect(await stdout(link, 'echo it ran')).toBe('it ran\n'))
  })

  test.each<[string, () => string, RegExp]>([
    [
      '/bin/false',
      () => '/bin/false',
      /^web-1: logged in as root, but the login shell gave no sh \(it ended with exit code 1\)$/,
    ],
    [
      'nologin',
      () => '/usr/sbin/nologin',
      /^web-1: logged in as root, but the login shell gave no sh \(it says: This account is currently not available\.\)$/,
    ],
    [
      'one that exits',
      () => program('exits', 'exit 3'),
      /^web-1: logged in as root, but the login shell gave no sh \(it ended with exit code 3\)$/,
    ],
    [
      'one that is killed',
      () => program('killed', 'kill -9 $$'),
      /^web-1: logged in as root, but the login shell gave no sh \(it was ended by SIGKILL\)$/,
    ],
    [
      'one that prints something else',
      () => program('menu', 'printf "1) status\\n\\033[31m2) quit\\033[0m\\n"'),
      /^web-1: logged in as root, but the login shell gave no sh \(it says: 2\) quit\)$/,
    ],
    [
      'one that hangs',
      () => program('hangs', 'exec sleep 1000'),
      /^web-1: logged in as root, but no shell answered within 4 s$/,
    ],
    [
      'one that asks for ever',
      () => program('asks', 'while :; do printf "choice? "; sleep 1; done'),
      /^web-1: logged in as root, but no shell answered within 4 s \(it says: choice\?.*\)$/,
    ],
    ['one that is not there', () => '/no/such/shell', /^web-1: 127\.0\.0\.1:\d+ does not let root in /],
  ])('that is %s is told in one sentence', async (_, shell, told) => {
    expect(await withShell(shell(), sentence)).toMatch(told)
  })

  test('ForceCommand with a program that prints is told in one sentence', async () => {
    const told = await withShell('/bin/sh', sentence, { config: ['ForceCommand echo only backups here'] })
    expect(told).toBe('web-1: logged in as root, but the login shell gave no sh (it says: only backups here)')
  })

  test('ForceCommand internal-sftp is told in one sentence', async () => {
    const told = await withShell('/bin/sh', sentence, { config: ['ForceCommand internal-sftp'] })
    expect(told).toMatch(
      /^web-1: logged in as root, but the login shell gave no sh \(it says: This service allows sftp connections only\.\)$/,
    )
  })
})
