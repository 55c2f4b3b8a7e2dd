import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { base } from './base.js'
import { clientFiles } from './client.js'
import { firstProcessOf, insideHost } from './host.js'
import { startLab } from './lab.js'
import { checkout } from './places.js'
import { handOver, type LabRecord, readRecords } from './record.js'
import { removeAbandonedLabs, removeLab } from './removal.js'

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

async function up(hosts: number, { systemd }: { readonly systemd?: number }): Promise<void> {
  const running = await mine()
  if (running !== undefined && running.hosts.length !== hosts) {
    throw new Error(`a fleet of ${running.hosts.length} is up: take it down first with \`npm run fleet -- down\``)
  }
  const { id } = running ?? (await startLab({ hosts, ...(systemd === undefined ? {} : { systemd }) }))
  await handOver(id, { kind: 'person', checkout })
  console.log(`${hosts} hosts are up. Log in: ssh -F ${clientFiles(id).sshConfig} h1`)
}

async function down(): Promise<void> {
  await removeAbandonedLabs()
  const lab = await mine()
  if (lab !== undefined) await removeLab(lab.id)
}

async function sweep(pid: string): Promise<void> {
  while (existsSync(`/proc/${pid}`)) await sleep(50)
  await removeAbandonedLabs()
}

async function list(): Promise<void> {
  for (const lab of await readRecords()) {
    for (const host of lab.hosts) {
      const state = (await firstProcessOf(lab, host)) === undefined ? 'off' : 'up'
      const owner = lab.owner.kind === 'person' ? lab.owner.checkout : `process ${lab.owner.pid}`
      console.log([host.name, host.address, host.systemd ? 'systemd' : 'light', state, owner].join('\t'))
    }
  }
}

async function exec(name: string, command: readonly string[]): Promise<void> {
  const lab = await mineOrFail()
  const host = lab.hosts.find(candidate => candidate.name === name)
  if (host === undefined) throw new Error(`no host ${name}: the fleet has ${lab.hosts.map(h => h.name).join(' ')}`)
  const [program, args] = await insideHost(lab, host, command)
  process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1
}

const program = new Command('npm run fleet --').description(
  'Real OpenSSH hosts on this machine, for trying muster out.',
)
program
  .command('up')
  .description('start hosts h1, h2 …')
  .argument('[hosts]', 'how many', count, 3)
  .option('--systemd <hosts>', 'how many of them, the first ones, run systemd (default: 1)', count)
  .action(up)
program.command('down').description('remove the fleet, and what crashed runs left').action(down)
program
  .command('sweep')
  .description('remove what a run left, once its process has ended')
  .argument('<pid>')
  .action(sweep)
program.command('list').description('all hosts on this machine, those of running tests too').action(list)
program
  .command('ssh-config')
  .description('print the ssh_config of the fleet')
  .action(async () => console.log(await readFile(clientFiles((await mineOrFail()).id).sshConfig, 'utf8')))
program
  .command('base')
  .description('build the base file system, unless that is done, and print its folder')
  .action(async () => console.log(await base()))
program
  .command('exec')
  .description('run a command as root inside a host, without ssh')
  .argument('<host>')
  .argument('<command...>')
  .action(exec)

await program.parseAsync().catch((error: unknown) => {
  console.error(`fleet: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
