/**
 * Hosts behind one jump host: cold `echo hi` on all of them, over muster's links and by OpenSSH's `ssh -J`, one process a host and all
 * at once, as clush and its like run it. Each host is a real sshd process on the loopback; so is the jump host, whose
 * connections are counted.
 *
 *   npx tsx bench/jump.ts [HOSTS=50] [ROUNDS=3]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLink } from '../src/engine/connect/index.js'
import { type Door, doorTo } from '../test/fleet/door.js'
import { type Sshd, startSshd } from '../test/fleet/sshd.js'

interface Round {
  readonly ms: number
  readonly connections: number
}

async function main(hosts: number, rounds: number): Promise<void> {
  const jump = await startSshd()
  const door = await doorTo(jump.port)
  const targets: Sshd[] = []
  try {
    for (let from = 0; from < hosts; from += 10) {
      const count = Math.min(10, hosts - from)
      targets.push(...(await Promise.all(Array.from({ length: count }, () => startSshd()))))
    }
    const config = writeConfig(jump, door, targets)
    const ways: [string, () => Promise<void>][] = [
      ['muster', () => byMuster(config, targets.length)],
      ['ssh -J, same key exchange', () => bySsh(config, targets.length, ['-o', 'KexAlgorithms=curve25519-sha256'])],
      ['ssh -J as it is', () => bySsh(config, targets.length, [])],
    ]
    const taken = new Map<string, Round[]>(ways.map(([name]) => [name, []]))
    // Turn and turn about, so that whatever else the machine does falls on all.
    for (let round = 0; round < rounds; round += 1)
      for (const [name, run] of ways) taken.get(name)?.push(await measured(door, run))
    for (const [name, measures] of taken) report(name, hosts, measures)
  } finally {
    door.close()
    await Promise.all([jump, ...targets].map(sshd => sshd.stop()))
  }
}

/** An ssh_config that both sides read; it goes with the folder of the jump host. */
function writeConfig(jump: Sshd, door: Door, targets: readonly Sshd[]): string {
  const file = join(jump.folder, 'ssh_config')
  const known = join(jump.folder, 'known_all')
  const jumpKey = readFileSync(jump.knownHosts, 'utf8').replace(/\]:\d+/, `]:${door.port}`)
  writeFileSync(known, [jumpKey, ...targets.map(({ knownHosts }) => readFileSync(knownHosts, 'utf8'))].join(''))
  const server = (name: string, port: number, key: string, more: string) =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${key}\n${more}`
  const blocks = targets.map(({ port, key }, n) => server(`host-${n}`, port, key, '  ProxyJump jump\n'))
  const common = `Host *\n  UserKnownHostsFile ${known}\n  IdentitiesOnly yes\n  IdentityAgent none\n  BatchMode yes\n`
  writeFileSync(file, [server('jump', door.port, jump.key, '  ProxyJump none\n'), ...blocks, common].join(''))
  return file
}

async function byMuster(sshConfigFile: string, hosts: number): Promise<void> {
  const links = Array.from({ length: hosts }, (_, n) => createLink({ name: `host-${n}`, settings: { sshConfigFile } }))
  const answers = await Promise.all(links.map(link => link.run('echo hi')))
  if (answers.some(({ stdout }) => stdout.toString() !== 'hi\n')) throw new Error('a host gave a wrong answer')
  await Promise.all(links.map(link => link.close()))
}

async function bySsh(config: string, hosts: number, options: readonly string[]): Promise<void> {
  await Promise.all(
    Array.from({ length: hosts }, async (_, n) => {
      const child = spawn('ssh', ['-F', config, ...options, `host-${n}`, 'echo hi'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let answer = ''
      child.stdout.on('data', chunk => {
        answer += chunk
      })
      await once(child, 'close')
      if (answer !== 'hi\n') throw new Error(`ssh to host-${n} ended with ${child.exitCode}`)
    }),
  )
}

async function measured(door: Door, run: () => Promise<void>): Promise<Round> {
  const before = door.taken
  const start = performance.now()
  await run()
  return { ms: performance.now() - start, connections: door.taken - before }
}

function report(what: string, hosts: number, rounds: readonly Round[]): void {
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const ms = median(rounds.map(round => round.ms))
  const connections = median(rounds.map(round => round.connections))
  console.log(
    `${what.padEnd(26)} ${(ms / 1000).toFixed(2).padStart(6)} s for ${hosts} hosts  ${connections} connections to the jump host`,
  )
}

const [hosts = '50', rounds = '3'] = process.argv.slice(2)
await main(Number(hosts), Number(rounds))
