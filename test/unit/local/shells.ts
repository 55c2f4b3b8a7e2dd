import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLink, type Link } from '../../../src/engine/connect/index.js'
import { local } from '../../../src/engine/connect/local/local.js'
import { quote } from '../../../src/engine/shell/quote.js'

/** A POSIX shell of this machine, with the tools it comes with. */
export interface LocalShell {
  readonly name: string
  /** Fills a folder that goes in front of the PATH; its `sh` is the shell held. */
  readonly install: (folder: string) => void
}

/** The shells found here: dash, bash as sh, and busybox with its own applets in front of everything else. */
export function localShells(): LocalShell[] {
  const all = ['dash', 'bash'].map(name => ({ name, install: linkedAs(name) }))
  const busybox = { name: 'busybox', install: (folder: string) => execFileSync('busybox', ['--install', '-s', folder]) }
  return [...all, busybox].filter(({ name }) => pathOf(name) !== undefined)
}

/** The link to this machine with that shell, made as any link is; and how to take it down. */
export function linkThrough(shell: LocalShell): { link: Link; close: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'muster-shell-'))
  shell.install(folder)
  const path = `PATH=${quote(`${folder}:${process.env.PATH ?? ''}`)}; export PATH; `
  const connector = {
    name: shell.name,
    async open(...args: Parameters<typeof local.open>) {
      const connection = await local.open(...args)
      return {
        user: connection.user,
        ended: connection.ended,
        exec: (command: string) => connection.exec(path + command),
        close: () => connection.close(),
      }
    },
  }
  const link = createLink({ name: 'local', settings: { connector: shell.name } }, { connectors: [connector] })
  return {
    link,
    async close() {
      await link.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const linkedAs = (name: string) => (folder: string) => symlinkSync(pathOf(name) ?? '', join(folder, 'sh'))

function pathOf(command: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}
