import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { UnreachableError } from '../../errors.js'
import type { Connector } from '../connector.js'
import { LocalConnection } from './local.js'

/** As a login of root would have it; what muster's own process has set says nothing about the image. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  SHELL: '/bin/sh',
}

/**
 * Runs commands in a root file system on this machine, `{ connector: 'chroot', root: '/srv/image' }`, as root, by chroot(8).
 * Nothing is mounted into it: it needs a `/bin/sh` and a `/dev/null` of its own.
 */
export const chroot: Connector = {
  name: 'chroot',
  async open({ name, settings: { root } }) {
    const refuse = (reason: string) => new UnreachableError(name, reason)
    if (root === undefined) throw refuse('the chroot connector needs to know where: set root to the folder')
    if (process.getuid?.() !== 0)
      throw refuse(`only root may enter ${root}: run muster as root, or reach the host in another way`)
    if (!(await isFolder(root))) throw refuse(`there is no folder ${root} to take for the root of a file system`)
    const failure = await tryShell(root)
    if (failure !== undefined) throw refuse(failure)
    return new LocalConnection(name, 'root', ['chroot', root, '/bin/sh', '-c'], ENVIRONMENT)
  },
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}

/** @returns why no shell can run there. */
function tryShell(root: string): Promise<string | undefined> {
  return new Promise(resolve => {
    execFile('chroot', [root, '/bin/sh', '-c', ': </dev/null'], { env: ENVIRONMENT }, (error, _stdout, stderr) => {
      if (!error) resolve(undefined)
      else if (error.code === 'ENOENT') resolve('there is no program chroot on this machine')
      else if (stderr.includes('/dev/null'))
        resolve(`${root} has no /dev/null, which every command reads: mount a /dev there`)
      else resolve(`no /bin/sh runs in ${root}${stderr.trim() === '' ? '' : ` (${lastWords(stderr)})`}`)
    })
  })
}

/** `chroot: failed to run command '/bin/sh': No such file or directory` → `No such file or directory`. */
function lastWords(text: string): string {
  return text.trim().split(': ').at(-1) ?? ''
}
