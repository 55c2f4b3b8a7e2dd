/**
 * Cold commands: one `echo` on every host, from starting the program to its end, by muster and by the tools people use.
 * Each host is a real sshd process on the loopback with a port of its own; all tools find them in the same ssh_config, muster in an
 * inventory as well.
 * Prints wall time and the client's CPU time (children included, the servers not), and what muster's are a part of.
 *
 *   npm run build && npx tsx bench/cold.ts [HOSTS=100] [ROUNDS=3] [ONLY: part of a tool's name]
 *
 * Tools that are not installed are left out: apt-get install clustershell pdsh pssh ansible-core
 */
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sshd, startSshd } from '../test/fleet/sshd.js'
import { inBatches, median } from './measure.js'

interface Contender {
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

interface Run {
  /** Seconds. */
  readonly wall: number
  readonly cpu: number
}

const CURVE = 'curve25519-sha256'

async function main(hosts: number, rounds: number, only: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-cold-'))
  const first = await startSshd()
  const rest = await inBatches(hosts - 1, 10, () => startSshd())
  const servers = [first, ...rest]
  // One key of the person's for all, as on a real fleet; every host has a host key of its own.
  for (const { folder } of rest) copyFileSync(`${first.key}.pub`, join(folder, 'authorized_keys'))
  try {
    const contenders = contend(servers, folder).filter(
      ({ name, command }) => (name.startsWith('muster') || name.includes(only)) && installed(command[0] ?? ''),
    )
    const runs = new Map(contenders.map(({ name }): [string, Run[]] => [name, []]))
    for (let round = 0; round < rounds; round += 1)
      for (const contender of contenders) runs.get(contender.name)?.push(await timed(contender, hosts))
    report(hosts, runs)
  } finally {
    await Promise.all(servers.map(sshd => sshd.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

function contend(servers: readonly Sshd[], folder: string): Contender[] {
  const names = servers.map((_, n) => `h${n + 1}`)
  const all = `h[1-${servers.length}]`
  const known = join(folder, 'known_hosts')
  writeFileSync(known, servers.map(sshd => readFileSync(sshd.knownHosts, 'utf8')).join(''))
  const config = join(folder, 'ssh_config')
  const key = servers[0]?.key ?? ''
  const blocks = servers.map(({ port }, n) => `Host ${names[n]}\n  HostName 127.0.0.1\n  Port ${port}\n`)
  writeFileSync(
    config,
    `${blocks.join('')}Host *\n  IdentityFile ${key}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${known}\n  StrictHostKeyChecking yes\n`,
  )
  const inventory = join(folder, 'hosts.ini')
  writeFileSync(
    inventory,
    `${names.join('\n')}\n\n[all:vars]\nansible_ssh_common_args=-F ${config}\nansible_python_interpreter=/usr/bin/python3\n`,
  )
  const fleet = join(folder, 'fleet.json')
  const hostSpecs = servers.map(({ port }, n) => [names[n], { port }])
  const connect = {
    address: '127.0.0.1',
    identityFile: key,
    knownHostsFile: known,
    strictHostKeyChecking: 'yes',
    sshConfigFile: false,
  }
  writeFileSync(fleet, JSON.stringify({ hosts: Object.fromEntries(hostSpecs), connect }))
  const list = join(folder, 'hosts.txt')
  writeFileSync(list, `${names.join('\n')}\n`)
  const muster = join(import.meta.dirname, '../dist/cli/main.js')
  return [
    {
      name: 'muster exec, inventory',
      command: [process.execPath, muster, 'exec', fleet, '--', 'echo', 'hi'],
    },
    {
      name: 'muster exec, ssh_config',
      command: [process.execPath, muster, 'exec', all, '--ssh-config', config, '--', 'echo', 'hi'],
    },
    {
      name: `clush, ${CURVE}`,
      command: [
        'clush',
        '-f',
        String(servers.length),
        '-o',
        `-F ${config} -o KexAlgorithms=${CURVE}`,
        '-w',
        all,
        'echo hi',
      ],
    },
    { name: 'clush', command: ['clush', '-f', String(servers.length), '-o', `-F ${config}`, '-w', all, 'echo hi'] },
    {
      name: 'pdsh',
      command: ['pdsh', '-R', 'ssh', '-f', String(servers.length), '-w', all, 'echo hi'],
      env: { PDSH_SSH_ARGS_APPEND: `-F ${config}` },
    },
    {
      name: 'parallel-ssh',
      command: ['parallel-ssh', '-p', String(servers.length), '-i', '-x', `-F ${config}`, '-h', list, 'echo hi'],
    },
    {
      name: 'ansible',
      command: ['ansible', 'all', '-i', inventory, '-f', String(servers.length), '-m', 'shell', '-a', 'echo hi'],
      env: { ANSIBLE_PIPELINING: 'True', ANSIBLE_SSH_ARGS: '' },
    },
  ]
}

function installed(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v "$1"`, 'sh', program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** bash's `time` counts the program and all the children it has waited for. */
async function timed({ name, command, env }: Contender, hosts: number): Promise<Run> {
  const child = spawn('bash', ['-c', 'TIMEFORMAT="TIMES %R %U %S"; time "$@"', 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', chunk => {
    output += String(chunk)
  })
  child.stderr.on('data', chunk => {
    errors += String(chunk)
  })
  await new Promise(resolve => child.once('close', resolve))
  const [, wall, user, system] = /TIMES ([\d.]+) ([\d.]+) ([\d.]+)/.exec(errors) ?? []
  const answered = output.match(/\bhi\b/g)?.length ?? 0
  const folded = Number(/\((\d+)\)/.exec(output)?.[1] ?? 0)
  if (Math.max(answered, folded) < hosts || wall === undefined)
    throw new Error(`${name} did not reach all hosts: ${answered} answers\n${errors.slice(-2000)}`)
  return { wall: Number(wall), cpu: Number(user) + Number(system) }
}

function report(hosts: number, runs: ReadonlyMap<string, readonly Run[]>): void {
  const rows = [...runs].map(([name, each]) => ({
    name,
    wall: median(each.map(({ wall }) => wall)),
    cpu: median(each.map(({ cpu }) => cpu)),
  }))
  const own = rows[0]
  if (!own) return
  console.log(
    `${hosts} hosts, medians of ${[...runs.values()][0]?.length} runs    muster is … times as fast, with … of the CPU time`,
  )
  for (const { name, wall, cpu } of rows) {
    const ratio = `${(wall / own.wall).toFixed(2)} ×`.padStart(9)
    const share = (own.cpu / cpu).toFixed(2).padStart(7)
    console.log(
      `${name.padEnd(26)} ${wall.toFixed(2).padStart(7)} s wall ${cpu.toFixed(2).padStart(7)} s CPU ${ratio} ${share}`,
    )
  }
}

const [hosts = '100', rounds = '3', only = ''] = process.argv.slice(2)
await main(Number(hosts), Number(rounds), only)
