import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hostCgroup, makeCgroup, processesOf, removeCgroup } from './cgroup.js'
import { run } from './command.js'
import { connectCable, cutCable, hostNamespace } from './network.js'
import { type LabHost, type LabRecord, labFolder } from './record.js'

const init = fileURLToPath(new URL('init.sh', import.meta.url))

/** How long a host may take to boot, in milliseconds. */
const bootTimeout = 60_000

/** How much a host can write before its disk is full. */
const diskSize = '512m'

const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8']

const hostFolder = (id: number, name: string): string => join(labFolder(id), name)

/**
 * Makes the disk of a new host: the writable layer over the base, with the few files that make this host itself.
 *
 * @returns its public host key.
 */
export async function makeDisk(id: number, name: string, address: string): Promise<string> {
  const disk = join(hostFolder(id, name), 'disk')
  await mkdir(disk, { recursive: true })
  await run('mount', '-t', 'tmpfs', `muster-${id}-${name}`, disk, '-o', `size=${diskSize},mode=755`)
  const etc = join(disk, 'upper/etc')
  for (const folder of ['upper', 'upper/etc', 'upper/etc/ssh', 'work', 'root']) {
    await mkdir(join(disk, folder))
    await chmod(join(disk, folder), 0o755)
  }
  await writeFile(join(etc, 'hostname'), `${name}\n`)
  await writeFile(join(etc, 'hosts'), `127.0.0.1 localhost\n${address} ${name}\n`)
  await writeFile(join(etc, 'machine-id'), `${randomUUID().replaceAll('-', '')}\n`)
  await copyFile(join(labFolder(id), 'key.pub'), join(etc, 'ssh/authorized_keys'))
  const key = join(etc, 'ssh/ssh_host_ed25519_key')
  await run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key)
  for (const file of ['hostname', 'hosts', 'machine-id', 'ssh/authorized_keys']) await chmod(join(etc, file), 0o644)
  return (await readFile(`${key}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ')
}

/**
 * Switches a host on and waits until people can log in.
 *
 * @throws {Error} when it dies while booting, or takes longer than a minute; the message ends with what it printed.
 */
export async function powerOn(lab: LabRecord, host: LabHost): Promise<void> {
  const cgroup = hostCgroup(lab.id, host.name)
  await makeCgroup(cgroup)
  await connectCable(lab.id, host)
  const console = openSync(join(hostFolder(lab.id, host.name), 'console'), 'a')
  const enter = 'echo $$ > "$1/cgroup.procs" && cd "$2" && shift 2 && exec "$@"'
  const namespaces = ['-m', '-p', '-u', '-i', '-C', '--fork', '--kill-child=KILL']
  const machine = ['nsenter', `--net=/run/netns/${hostNamespace(lab.id, host.name)}`, 'unshare', ...namespaces]
  const firstProcess = [
    'sh',
    init,
    host.name,
    host.systemd ? 'systemd' : 'light',
    join(hostFolder(lab.id, host.name), 'disk'),
  ]
  const child = spawn('sh', ['-c', enter, 'power', cgroup, lab.base, ...machine, ...firstProcess], {
    stdio: ['ignore', console, console],
    detached: true,
  })
  child.unref()
  closeSync(console)
  await booted(lab, host, child)
}

async function booted(lab: LabRecord, host: LabHost, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + bootTimeout
  while (!(await greets(host))) {
    const dead = child.exitCode !== null || child.signalCode !== null
    if (dead || Date.now() > deadline) {
      const printed = await readFile(join(hostFolder(lab.id, host.name), 'console'), 'utf8')
      throw new Error(
        `${host.name} ${dead ? 'died while booting' : 'did not boot in a minute'}:\n${printed.slice(-2000)}`,
      )
    }
    await sleep(25)
  }
  // Until systemd has booted, pam_nologin(8) turns away everybody but root.
  if (host.systemd) await execInside(lab, host, 'systemctl is-system-running --wait || true')
}

/** Whether an SSH server says its name (RFC 4253, 4.2). */
function greets(host: LabHost): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection({ host: host.address, port: host.port, timeout: 500 })
    const answer = (up: boolean): void => {
      socket.destroy()
      resolve(up)
    }
    socket.once('data', data => answer(data.toString('latin1').startsWith('SSH-2.0-')))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('close', () => answer(false))
  })
}

/** Switches a host off as a power cut does. The cable goes first: a host without power says no farewell. The disk is kept. */
export async function powerOff(lab: LabRecord, host: LabHost): Promise<void> {
  await cutCable(lab.id, host)
  await removeCgroup(hostCgroup(lab.id, host.name))
}

/**
 * Runs a command of `sh` as root inside a host, through its namespaces, whatever state its network and sshd are in.
 *
 * @throws {CommandFailed} when it exits with anything but 0.
 */
export async function execInside(lab: LabRecord, host: LabHost, command: string): Promise<string> {
  const [program, args] = await insideHost(lab, host, ['sh', '-c', command])
  return run(program, ...args)
}

/** The program of this machine, and its arguments, that runs a command inside a host. */
export async function insideHost(
  lab: LabRecord,
  host: LabHost,
  command: readonly string[],
): Promise<readonly [program: string, args: readonly string[]]> {
  const pid = await firstProcessOf(lab, host)
  if (pid === undefined) throw new Error(`${host.name} is off`)
  return ['nsenter', ['-t', String(pid), '-a', 'env', '-i', '-C', '/root', ...environment, ...command]]
}

/** The pid, on this machine, of the process that is PID 1 inside the host; undefined when the host is off. */
export async function firstProcessOf(lab: LabRecord, host: LabHost): Promise<number | undefined> {
  for (const pid of await processesOf(hostCgroup(lab.id, host.name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    if (/^NSpid:\t\d+\t1$/m.test(status)) return pid
  }
  return undefined
}
