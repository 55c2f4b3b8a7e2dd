import { spawn } from 'node:child_process'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { joinExit } from '../connect/exit.js'
import { HeldShell } from './held-shell.js'
import { mayLeaveBehind } from './left-behind.js'

const open = new Set<HeldShell>()
afterEach(() => {
  for (const shell of open) shell.close()
  open.clear()
})

function hold(program: string, ...args: string[]): HeldShell {
  const child = spawn(program, args, { detached: true, stdio: 'pipe' })
  const { stdin, stdout, stderr } = child
  stdin.on('error', () => {})
  const exit = joinExit({
    exited: listener => child.once('exit', (code, signal) => listener(signal === null ? { code } : { code, signal })),
    closed: listener => child.once('close', listener),
  })
  const close = () => {
    for (const stream of [stdin, stdout, stderr]) stream.destroy()
  }
  const shell = new HeldShell({ stdin, stdout, stderr, exit, close }, child.pid ?? 0)
  open.add(shell)
  return shell
}

/** Scripts that would take a careless frame with them. None of them may harm the shell or the command after it. */
const HORRORS: readonly (readonly [what: string, script: string])[] = [
  ['an unclosed quote', 'echo "open'],
  ['an unclosed single quote', "echo 'open"],
  ['an unclosed parenthesis', '( echo x'],
  ['an unclosed brace', '{ echo x;'],
  ['an unclosed substitution', 'echo $(echo x'],
  ['a here-document without an end', 'cat <<E\nx'],
  ['a here-document that looks like a frame', "cat <<'E'\n); printf 'x'; exit 3\nE"],
  ['a closing parenthesis too many', 'echo x )'],
  ['a lone done', 'done'],
  ['a backslash at the end', 'echo x \\'],
  ['a comment at the end', ': # )'],
  ['exit', 'exit 9'],
  ['exit from a function in a trap', "f() { exit 9; }; trap f EXIT; trap 'exit 8' INT; f"],
  ['exec of a program', 'exec true'],
  ['exec of nothing there', 'exec /no/such/program'],
  ['set -e', 'set -e; false'],
  ['set -u', 'set -u; echo $no_such_variable'],
  ['set -n', 'set -n; echo never'],
  ['set -x and -v', 'set -xv; :'],
  ['a trap on everything', "trap '' 1 2 3 13 15; trap 'echo bye' 0"],
  ['cd away', 'cd /; cd -; cd /usr'],
  ['printf redefined', 'printf() { echo fake; }; printf x'],
  ['echo and eval redefined', 'echo() { :; }; eval() { :; }; echo x'],
  ['printf an alias', 'alias printf=false eval=false; printf x'],
  ['an empty PATH', 'PATH=; export PATH; ls'],
  ['PATH unset, IFS odd', 'unset PATH; IFS=01; x=$(echo a0b); echo $x'],
  ['readonly variables', 'readonly PATH IFS PS1; PATH=/tmp'],
  ['stdout closed', 'exec >&-; echo x'],
  ['both outputs closed', 'exec >&- 2>&-; echo x'],
  ['stderr into stdout', 'exec 2>&1; echo x >&2'],
  ['stdin from elsewhere', 'exec </etc/passwd; read x'],
  ['stdin read to its end', 'cat; cat; read x'],
  ['no descriptors left', 'ulimit -n 3; echo x | cat'],
  ['no files to be written', 'ulimit -f 0; echo x >/tmp/muster-no-such-file; rm -f /tmp/muster-no-such-file'],
  ['umask', 'umask 777'],
  ['too far a shift', 'shift 100'],
  ['return and break outside', 'break; continue; return 3'],
  ['a file that is not there', '. /no/such/file'],
  ['a child killed', "sh -c 'kill -9 $$'"],
  ['the subshell killed', "sh -c 'kill -9 $PPID'"],
  ['waiting for nothing', 'wait; wait 1'],
  ['a file name that is an option', 'cd -- -x; cat -- -y'],
  ['a process left behind that holds the outputs', 'sleep 20 & echo $!'],
  ['one that ignores hang-ups', 'nohup sleep 20 >/dev/null 2>&1 & echo $!'],
  ['one of nobody’s', '( sleep 20 & echo $! )'],
]

describe.each(SHELLS)('a held %s survives', (_name, program, ...args) => {
  test.each(HORRORS)('%s', async (_what, script) => {
    const shell = hold(program, ...args)
    const result = await shell.run({ script })
    expect(result.exitCode).toBeGreaterThanOrEqual(0)
    const left = Number(result.stdout)
    if (shell.haunted) expect(left).toBeGreaterThan(1)
    if (shell.haunted && left > 1) process.kill(left, 'SIGKILL')
    const next = await shell.run({ script: 'printf "%s" "$((6 * 7)) $PWD"; printf err >&2; exit 5' })
    expect([next.stdout.toString(), next.stderr.toString(), next.exitCode]).toEqual([`42 ${process.cwd()}`, 'err', 5])
  })

  test('a script of 1 MB', async () => {
    const { stdout } = await hold(program, ...args).run({ script: `x='${'y'.repeat(1_000_000)}'; echo \${#x}` })
    expect(stdout.toString()).toBe('1000000\n')
  })

  test('any output, in any pieces', async () => {
    const shell = hold(program, ...args)
    const piece = fc.oneof(
      fc.constantFrom('\x01', '\x010123:1:0\n', '\x01c0ffee:0:', ':0\n', '\n', '\0', '%', '\\', "'"),
      fc.string({ unit: 'binary', maxLength: 20 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.nat(255), async (pieces, code) => {
        const bytes = Buffer.from(pieces.join(''))
        const octal = [...bytes].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
        const half = octal.length - (octal.length % 8)
        const [a, b] = [octal.slice(0, half / 2), octal.slice(half / 2)]
        const result = await shell.run({ script: `printf '${a}'; printf '${b}'; printf '${b}${a}' >&2; exit ${code}` })
        const cut = half / 8
        expect(result.stdout.equals(bytes)).toBe(true)
        expect(result.stderr.equals(Buffer.concat([bytes.subarray(cut), bytes.subarray(0, cut)]))).toBe(true)
        expect(result.exitCode).toBe(code)
      }),
      { numRuns: 60 },
    )
  })

  test('half a character in a script is sent as one that says so', async () => {
    const { stdout } = await hold(program, ...args).run({ script: "printf %s 'a\ud800b'" })
    expect(stdout.toString()).toBe('a\ufffdb')
  })

  test('what is said when nothing runs belongs to nobody: no command is given that shell again', async () => {
    const shell = hold(program, ...args)
    await shell.run({ script: `eval "$(printf '(sleep 0.3; echo late) \\046')"` })
    expect(shell.haunted).toBe(false)
    await expect.poll(() => shell.haunted).toBe(true)
    expect(shell.accepts(false)).toBe(false)
  })
})

test.each([
  ['sleep 5 & echo started', true],
  ['nohup app >log 2>&1 &', true],
  ["curl 'http://x/?a=1&b=2'", true],
  ['/etc/init.d/nginx start', true],
  ['service nginx start', true],
  ['a && b 2>&1 || c >&2', false],
  ['make &>log', false],
  ['systemctl restart nginx.service', false],
  ['uptime', false],
])('mayLeaveBehind(%j) is %s', (script, expected) => {
  expect(mayLeaveBehind(script)).toBe(expected)
})
