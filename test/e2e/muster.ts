import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The built command, as it is installed. */
export const musterScript = join(root, 'dist/cli/main.js')

/** Builds the command unless what is built is newer than its source. */
export function buildIfStale(): void {
  const built = statSync(musterScript, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map(entry => statSync(join(entry.parentPath, entry.name)).mtimeMs)
  if (Math.max(...sources) > built) execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'pipe' })
}

export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running `muster` with pipes instead of a terminal. */
export interface RunningMuster {
  readonly pid: number
  /** What it has written so far. */
  readonly stdout: string
  readonly stderr: string
  /** Sends lines to its stdin. */
  send(...lines: readonly string[]): void
  /** Closes its stdin. */
  end(): void
  /** Resolves when stdout and stderr together show it. @throws {Error} when the process ends without. */
  shows(wanted: string | RegExp): Promise<void>
  readonly ended: Promise<Ended>
}

/** Starts `muster` in a folder, which is also its home: nothing of the person who runs the tests gets in. */
export function startMuster(cwd: string, ...args: readonly string[]): RunningMuster {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [musterScript, ...args], {
    cwd,
    env: { PATH, HOME: cwd, LANG: 'C.UTF-8' },
    // a process group of its own, which a test can kill as a whole
    detached: true,
  })
  let [stdout, stderr] = ['', '']
  const watchers = new Set<() => void>()
  const wake = (): void => {
    for (const watcher of watchers) watcher()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    wake()
  })
  child.stdin.on('error', () => {})
  let over: Ended | undefined
  const ended = new Promise<Ended>(resolve =>
    child.on('close', code => {
      over = { code, stdout, stderr }
      wake()
      resolve(over)
    }),
  )
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return stdout
    },
    get stderr() {
      return stderr
    },
    send: (...lines) => void child.stdin.write(lines.map(line => `${line}\n`).join('')),
    end: () => void child.stdin.end(),
    shows: wanted =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const text = stdout + stderr
          const there = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
          if (there || over) watchers.delete(look)
          if (there) resolve()
          else if (over) reject(new Error(`muster ended with ${over.code} and never showed ${wanted}:\n${text}`))
        }
        watchers.add(look)
        look()
      }),
    ended,
  }
}

/** Runs `muster` to its end with a script on stdin. */
export async function muster(cwd: string, args: readonly string[], script: readonly string[] = []): Promise<Ended> {
  const running = startMuster(cwd, ...args)
  running.send(...script)
  running.end()
  return running.ended
}
