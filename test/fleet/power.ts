import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hostCgroup, isPopulated, makeCgroup, removeCgroup } from './cgroup.js'
import { run } from './command.js'
import { diskFolder } from './disk.js'
import { execInside, firstProcessOf } from './inside.js'
import { cutCable, hostNamespace, switchNamespace } from './network.js'
import { type LabHost, labFolder } from './record.js'

const mains = fileURLToPath(new URL('power.sh', import.meta.url))

/** How long a host may take to boot, in milliseconds. */
const bootTimeout = 60_000

/** How long a rebooting host is off before it boots, in seconds, unless one asks for more. */
const rebootPause = 0.5

/**
 * Switches a host on, unless it is, and waits until people can log in.
 *
 * @throws {Error} when it dies while booting, or takes longer than a minute; the message ends with what it printed.
 */
export async function powerOn(id: number, host: LabHost): Promise<void> {
  const cgroup = hostCgroup(id, host.name)
  if (await isPopulated(cgroup)) return booted(id, host)
  await makeCgroup(cgroup)
  const folder = join(labFolder(id), host.name)
  await writeFile(join(folder, 'off'), String(rebootPause))
  const console = openSync(join(folder, 'console'), 'a')
  const namespaces = [hostNamespace(id, host.name), switchNamespace(id)]
  const machine = [host.name, host.systemd ? 'systemd' : 'light', diskFolder(id, host.name)]
  const child = spawn('sh', [mains, cgroup, ...namespaces, host.card.cable, join(folder, 'off'), ...machine], {
    cwd: host.baseFolder,
    stdio: ['ignore', console, console],
    detached: true,
  })
  child.unref()
  closeSync(console)
  await booted(id, host, child)
}

async function booted(id: number, host: LabHost, child?: ChildProcess): Promise<void> {
  const deadline = Date.now() + bootTimeout
  while (!(await listens(id, host))) {
    const dead = child === undefined ? !(await isPopulated(hostCgroup(id, host.name))) : child.exitCode !== null
    if (dead || Date.now() > deadline) {
      const printed = await readFile(join(labFolder(id), host.name, 'console'), 'utf8')
      const what = dead ? 'died while booting' : 'did not boot in a minute'
      throw new Error(`${host.name} ${what}:\n${printed.slice(-2000)}`)
    }
    await sleep(25)
  }
  // Until systemd has booted, pam_nologin(8) turns away everybody but root.
  if (host.systemd) await execInside(id, host, 'systemctl is-system-running --wait || true')
}

/** Whether somebody listens on the host's SSH port (proc(5), `net/tcp`: state 0A). */
async function listens(id: number, host: LabHost): Promise<boolean> {
  const pid = await firstProcessOf(id, host)
  const port = host.port.toString(16).toUpperCase().padStart(4, '0')
  const sockets = await Promise.all(
    ['tcp', 'tcp6'].map(file => readFile(`/proc/${pid}/net/${file}`, 'utf8').catch(() => '')),
  )
  return new RegExp(`:${port} [0-9A-F]+:0000 0A `).test(sockets.join(''))
}

/** Switches a host off as a power cut does. The cable goes first: a host without power says no farewell. The disk is kept. */
export async function powerOff(id: number, host: LabHost): Promise<void> {
  await cutCable(id, host.card.cable)
  await removeCgroup(hostCgroup(id, host.name))
  await forgetConnections(id, host)
}

/** The network namespace outlives the host's processes, and would go on with their farewells when the cable is back (ss(8)). */
async function forgetConnections(id: number, host: LabHost): Promise<void> {
  await run('nsenter', `--net=/run/netns/${hostNamespace(id, host.name)}`, 'ss', '--tcp', '--kill')
}

/**
 * Reboots a host in the orderly way and waits until people can log in again.
 *
 * @param off for how long it is off before it boots, in seconds; default 0.5.
 * @throws {Error} when it is off, or does not come up in a minute.
 */
export async function reboot(id: number, host: LabHost, off = rebootPause): Promise<void> {
  const before = await bootId(id, host)
  if (before === undefined) throw new Error(`${host.name} is off`)
  await writeFile(join(labFolder(id), host.name, 'off'), String(off))
  // The command dies with the host, so however it ends says nothing.
  await execInside(id, host, host.systemd ? 'systemctl reboot' : 'reboot -f').catch(() => {})
  const deadline = Date.now() + 1000 * off + bootTimeout
  for (let now: string | undefined; now === undefined || now === before; now = await bootId(id, host)) {
    if (Date.now() > deadline) throw new Error(`${host.name} does not reboot`)
    await sleep(25)
  }
  await booted(id, host)
}

/** What the host has in /proc/sys/kernel/random/boot_id; undefined while it is off. */
async function bootId(id: number, host: LabHost): Promise<string | undefined> {
  const pid = await firstProcessOf(id, host)
  return pid === undefined ? undefined : readFile(`/proc/${pid}/root/run/boot_id`, 'utf8').catch(() => undefined)
}
