import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostCgroup, processesOf } from './cgroup.js'
import { run } from './command.js'
import { serverScript } from './disk.js'
import { execInside, insideHost } from './inside.js'
import type { LabHost } from './record.js'
import { servers } from './ssh-servers.js'

/** Stops every process of a host, or lets them go on. Its kernel lives on: it takes connections and bytes that nobody reads. */
export async function setFrozen(id: number, host: LabHost, frozen: boolean): Promise<void> {
  await writeFile(join(hostCgroup(id, host.name), 'cgroup.freeze'), frozen ? '1' : '0').catch((cause: unknown) => {
    throw new Error(`${host.name} is off`, { cause })
  })
}

/** The pid, inside the host, of the server that listens; undefined where there is none. */
async function listenerOf(id: number, host: LabHost): Promise<number | undefined> {
  const ask = host.systemd ? 'systemctl show --property MainPID --value ssh' : 'cat /run/ssh-server.pid || true'
  const pid = Number(await execInside(id, host, ask))
  return pid > 1 ? pid : undefined
}

/** Kills the server that listens, not those it has started for the sessions that there are. */
export async function killServer(id: number, host: LabHost): Promise<void> {
  const pid = await listenerOf(id, host)
  if (pid !== undefined) await execInside(id, host, `rm -f /run/ssh-server.pid; kill -9 ${pid} || true`)
}

/** Starts the server again, unless it runs. */
export async function startServer(id: number, host: LabHost): Promise<void> {
  if (host.systemd) {
    await execInside(id, host, 'systemctl reset-failed ssh; systemctl start ssh')
    return
  }
  const [program, args] = await insideHost(id, host, ['sh', '-c', startUnlessRunning])
  // Into the host's cgroup first: what runs in a host ends and freezes with it.
  const enter = 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"'
  await run('sh', '-c', enter, 'enter', hostCgroup(id, host.name), program, ...args)
}

const startUnlessRunning = `
exec 2> /dev/null
kill -0 "$(cat /run/ssh-server.pid || echo none)" && exit
setsid ${serverScript} < /dev/null > /dev/null 2>&1 &
tries=0
until grep -q ' 0A ' /proc/net/tcp || [ $tries = 100 ]; do
  sleep 0.05
  tries=$((tries + 1))
done`

interface ServerProcess {
  readonly pid: number
  readonly parent: number
  /** Its pid as the host sees it. */
  readonly inside: number
  readonly name: string
}

/**
 * Kills the server's processes of the session that began last; the programs they have started live on.
 *
 * @throws {Error} when there is no session.
 */
export async function killSession(id: number, host: LabHost): Promise<void> {
  const listening = await listenerOf(id, host)
  const everybody = await Promise.all((await processesOf(hostCgroup(id, host.name))).map(readProcess))
  const serving = everybody
    .filter(each => each !== undefined)
    .filter(({ inside, name }) => inside !== listening && servers[host.server].processes.includes(name))
  const session = serving
    .filter(({ parent }) => serving.every(({ pid }) => pid !== parent))
    .reduce<ServerProcess | undefined>((last, each) => (last && last.inside > each.inside ? last : each), undefined)
  if (session === undefined) throw new Error(`there is no session on ${host.name}`)
  for (const { pid } of [session, ...serving.filter(({ parent }) => parent === session.pid)])
    process.kill(pid, 'SIGKILL')
}

/** What proc(5) `status` says of a process of this machine; undefined when it has ended. */
async function readProcess(pid: number): Promise<ServerProcess | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const found = /^Name:\t(?<name>.*)[\s\S]*^PPid:\t(?<parent>\d+)[\s\S]*^NSpid:.*\t(?<inside>\d+)$/m.exec(
    status,
  )?.groups
  if (found === undefined) return undefined
  return { pid, parent: Number(found.parent), inside: Number(found.inside), name: found.name ?? '' }
}
