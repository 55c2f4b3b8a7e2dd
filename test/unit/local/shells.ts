import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A POSIX shell of this machine, with the tools it comes with. */
export interface LocalShell {
  readonly name: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The shells found here: dash, bash, and busybox with its own applets in front of everything else. */
export function localShells(): LocalShell[] {
  return [
    ...(found('dash') ? [{ name: 'dash', argv: ['dash'], env: {} }] : []),
    ...(found('bash') ? [{ name: 'bash', argv: ['bash', '--posix'], env: {} }] : []),
    ...(found('busybox') ? [busybox()] : []),
  ]
}

function busybox(): LocalShell {
  const applets = mkdtempSync(join(tmpdir(), 'muster-busybox-'))
  execFileSync('busybox', ['--install', '-s', applets])
  return { name: 'busybox', argv: ['busybox', 'sh'], env: { PATH: `${applets}:${process.env.PATH ?? ''}` } }
}

function found(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
