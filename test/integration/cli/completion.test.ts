import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMAND, CommandLine } from './command.js'

const cli = new CommandLine()
afterAll(() => cli.remove())

beforeAll(() => {
  mkdirSync(cli.path('bin'))
  const command = [process.execPath, ...COMMAND].map(word => `'${word}'`).join(' ')
  cli.write('bin/muster', `#!/bin/sh\nexec ${command} "$@"\n`)
  chmodSync(cli.path('bin/muster'), 0o755)
  mkdirSync(cli.path('deploys'))
  cli.write('deploys/ntp.ts', '')
})

/** Runs a script in a shell that finds `muster`; gives the lines it prints. */
async function shell(name: string, script: string): Promise<string[]> {
  const env = { ...process.env, PATH: `${path.join(cli.directory, 'bin')}:${process.env.PATH}`, HOME: cli.directory }
  const { stdout } = await promisify(execFile)(name, ['-c', script], { cwd: cli.directory, env })
  return stdout.split('\n').filter(line => line !== '')
}

/** How each shell is asked what would complete a line, as its Tab key does. */
const SHELLS: Readonly<Record<string, (line: string) => string>> = {
  bash: line => `source completion.bash
    COMP_LINE='${line}' COMP_POINT=${line.length}; _muster; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: line => `compdef() { }
    compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -l -- "$@" }
    source completion.zsh
    words=("\${(@s: :)\${:-${line}}}"); CURRENT=$#words; _muster`,
  fish: line => `source completion.fish; complete -C '${line}' | string replace -r '\\t.*' ''; true`,
}

describe.each(Object.entries(SHELLS))('%s', (name, ask) => {
  const missing = spawnSync(name, ['--version']).error !== undefined
  // what bash replaces begins after the last @, = or :
  const cut = (line: string, texts: readonly string[]): string[] => {
    const word = line.split(' ').at(-1) ?? ''
    const head = name === 'bash' ? word.slice(0, word.search(/[^@=:]*$/)) : ''
    return texts.map(text => text.slice(head.length)).sort()
  }

  beforeAll(async () => {
    // Once for all lines, as a shell that starts does.
    const { stdout } = await promisify(execFile)(cli.path('bin/muster'), ['completion', name])
    cli.write(`completion.${name}`, stdout)
  })

  test.skipIf(missing).each([
    ['muster ex', ['exec', 'export']],
    ['muster exec @l', ['@local']],
    ['muster exec inv', ['inventory.ts']],
    ['muster exec @local --ti', ['--timeout']],
    ['muster fact @local server.us', ['server.users']],
    ['muster run inventory.ts dep', ['deploys/']],
    ['muster run inventory.ts deploys/', ['deploys/ntp.ts']],
    ['muster exec inventory.ts --limit web', ['web-1', 'web-2', 'web-3']],
    ['muster exec inventory.ts --limit web-1,@', ['web-1,@web', 'web-1,@db']],
    ['muster exec inventory.ts --limit=d', ['--limit=db-1']],
    ['muster shell inventory.ts ', ['db-1', 'web-1', 'web-2', 'web-3']],
    ['muster shell inventory.ts web-1 --su', ['--su', '--sudo']],
    ['muster completion z', ['zsh']],
    ['muster exec @local -- ec', []],
  ])('%s', async (line, texts) => {
    expect((await shell(name, ask(line))).sort()).toEqual(cut(line, texts))
  })
})

test('a shell there is no script for', async () => {
  const { code, out, err } = await cli.run(['completion', 'tcsh'])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain('There is no completion for tcsh; there is for bash, zsh, fish.')
})
