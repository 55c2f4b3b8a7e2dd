import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { quote } from '../../shell/quote.js'
import type { Channel, ExecOptions, TerminalSize } from '../connector.js'
import { joinExit } from '../exit.js'

type Piped = ChildProcessByStdio<Writable, Readable, Readable>

/**
 * Runs a program on a pseudo-terminal of this machine. Node has none of its own: script(1) of util-linux makes it, and
 * stty(1) gives it its size.
 *
 * @throws {Error} in one sentence, where there is no such program.
 */
export async function localTerminal(
  argv: readonly string[],
  pty: NonNullable<ExecOptions['pty']>,
  env: NodeJS.ProcessEnv,
): Promise<Channel> {
  if (process.platform !== 'linux') throw new Error(`a terminal on this machine needs ${NEEDED}`)
  const { SHELL = '/bin/sh' } = env
  // The device is told over descriptor 3; script runs its command by $SHELL, which may be anything.
  const onTerminal = `tty >&3; exec 3>&-; stty sane ${sizeWords(pty)}; SHELL=${quote(SHELL)}; exec ${argv.map(quote).join(' ')}`
  const child = spawn('script', ['-q', '-f', '-e', '-c', onTerminal, '/dev/null'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...env, SHELL: '/bin/sh', TERM: pty.term ?? 'xterm-256color' },
  })
  await started(child)
  return channelOf(child, deviceOf(child))
}

const NEEDED = 'script(1) of util-linux'

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve())
    child.once('error', error =>
      reject(new Error(`a terminal on this machine needs ${NEEDED} (${error.message})`, { cause: error })),
    )
  })
}

/** The name of the terminal's device, once it is known. */
function deviceOf(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    let name = ''
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      name += chunk.toString()
      if (name.endsWith('\n')) resolve(name.trim())
    })
  })
}

function channelOf(child: Piped, device: Promise<string>): Channel {
  const { stdin, stdout, stderr } = child
  stdin.on('error', () => {})
  // With the end of script the terminal goes, and the kernel hangs up on what runs there.
  const hangUp = () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  }
  return {
    stdin,
    stdout,
    stderr,
    exit: joinExit({
      exited: listener => child.once('exit', (code, signal) => listener(signal === null ? { code } : { code, signal })),
      closed: listener => child.once('close', listener),
    }),
    signal: hangUp,
    resize: size =>
      // The kernel tells the foreground process group by SIGWINCH.
      void device.then(name => spawn('stty', ['-F', name, ...sizeWords(size).split(' ')]).on('error', () => {})),
    close: () => {
      hangUp()
      stdin.destroy()
      stdout.destroy()
      stderr.destroy()
    },
  }
}

const sizeWords = ({ columns, rows }: TerminalSize): string => `rows ${rows} cols ${columns}`
