import { spawnSync } from 'node:child_process'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { type BaseName, base, baseNames } from './base.js'
import { releases } from './base-debian.js'
import { addFaults } from './cli-faults.js'
import { type FleetShape, hostsOf } from './cli-hosts.js'
import { clientFiles } from './client.js'
import { firstProcessOf, insideHost } from './inside.js'
import { kindsOf } from './kinds.js'
import { type Lab, openLab, startLab } from './lab.js'
import { checkout } from './places.js'
import { handOver, type LabRecord, readRecords } from './record.js'
import { removeAbandonedLabs, removeLab } from './removal.js'
import { labUnavailable } from './requirements.js'

/** The labs that a person started from this checkout: at most one, as `up` starts no second. */
async function mine(): Promise<LabRecord | undefined> {
  return (await readRecords()).find(({ owner }) => owner.kind === 'person' && owner.checkout === checkout)
}

async function mineOrFail(): Promise<LabRecord> {
  const lab = await mine()
  if (lab === undefined) throw new Error('no fleet is up: start one with `npm run fleet -- up 3`')
  return lab
}

function count(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('It must be a number of hosts.')
  return Number(value)
}

async function up(hosts: number, shape: FleetShape): Promise<void> {
  const wanted = hostsOf(hosts, shape)
  const running = await mine()
  if (running !== undefined && !isFleetOf(running, wanted)) {
    const names = running.hosts.map(({ name }) => name).join(' ')
    throw new Error(`another fleet is up (${names}): take it down first with \`npm run fleet -- down\``)
  }
  const lab = running === undefined ? await startLab({ hosts: wanted }) : await switchedOn(openLab(running))
  await handOver(lab.id, { kind: 'person', checkout })
  console.log(`${lab.hosts.length} hosts are up. Log in: ssh -F ${lab.sshConfig} ${lab.hosts[0]?.name ?? ''}`)
}

function isFleetOf({ hosts }: LabRecord, wanted: ReturnType<typeof hostsOf>): boolean {
  const kinds = kindsOf(wanted, 0)
  const shape = hosts.map(({ name, base, server, systemd, behind }) => [name, base, server, systemd, behind])
  const asked = [...kinds].map(([name, { base, server, systemd, behind }]) => [name, base, server, systemd, behind])
  return JSON.stringify(shape) === JSON.stringify(asked)
}

async function switchedOn(lab: Lab): Promise<Lab> {
  await Promise.all(lab.hosts.map(({ name }) => lab.start(name)))
  return lab
}

async function down(): Promise<void> {
  await removeAbandonedLabs()
  const lab = await mine()
  if (lab !== undefined) await removeLab(lab.id)
}

async function list(): Promise<void> {
  for (const lab of await readRecords()) {
    for (const host of lab.hosts) {
      const state = (await firstProcessOf(lab.id, host)) === undefined ? 'off' : 'up'
      const owner = lab.owner.kind === 'person' ? lab.owner.checkout : `process ${lab.owner.pid}`
      const place = host.behind === undefined ? host.address : `${host.address} behind ${host.behind}`
      const init = host.systemd ? 'systemd' : 'light'
      console.log([host.name, place, host.base, host.server, init, state, owner].join('\t'))
    }
  }
}

/** Builds what is missing, all at once: debootstrap waits for the network and the disk more than it computes. */
async function bases(names: readonly BaseName[]): Promise<void> {
  const wanted = names.length === 0 ? baseNames : names
  const reason = labUnavailable(wanted)
  if (reason !== undefined) throw new Error(reason)
  const began = Date.now()
  const build = async (name: BaseName): Promise<void> => {
    const folder = await base(name)
    console.log(`${name}: ${folder}, after ${((Date.now() - began) / 1000).toFixed(0)} s`)
  }
  await Promise.all(wanted.map(build))
}

async function exec(name: string, command: readonly string[]): Promise<void> {
  const record = await mineOrFail()
  const [program, args] = await insideHost(record.id, openLab(record).host(name), command)
  process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1
}

const program = new Command('npm run fleet --').description('Real SSH hosts on this machine, for trying muster out.')
program
  .command('up')
  .description('start hosts h1, h2 … and special ones; those that are off, where the same fleet is up')
  .argument('[hosts]', 'how many', count, 3)
  .option('--systemd <hosts>', 'how many of them, the first ones, run systemd', count, 1)
  .addOption(
    new Option('--release <release...>', 'the Debian releases they run, in turn')
      .choices(releases)
      .default(['bookworm']),
  )
  .option('--busybox', 'a host `busybox` with BusyBox alone, and OpenSSH')
  .option('--dropbear', 'a host `dropbear` with BusyBox alone, and Dropbear')
  .option('--tinysshd', 'a host `tinysshd` with TinySSH')
  .option('--jump', 'jump hosts: `j1`, behind it `j2` and `p1`, behind j2 `p2`')
  .action(up)
program.command('down').description('remove the fleet, and what crashed runs left').action(down)
program.command('sweep').description('remove the fleets of processes that have ended').action(removeAbandonedLabs)
program.command('list').description('all hosts on this machine, those of running tests too').action(list)
program
  .command('ssh-config')
  .description('print the path of an ssh_config for the fleet')
  .action(async () => console.log(clientFiles((await mineOrFail()).id).sshConfig))
program
  .command('base')
  .description('build base file systems, unless that is done, and print their folders')
  .addArgument(new Argument('[names...]', 'which; default all').choices(baseNames))
  .action(bases)
program
  .command('exec')
  .description('run a command as root inside a host, without ssh')
  .argument('<host>')
  .argument('<command...>')
  .action(exec)
addFaults(program.command('fault').description('let something happen to a host'), async () =>
  openLab(await mineOrFail()),
)

await program.parseAsync().catch((error: unknown) => {
  console.error(`fleet: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
