/**
 * Warm commands: rounds of one short command on every host, over the held shells of muster's links (by ssh2, and by the
 * system's ssh) and, in the same run,
 * over an exec channel per command on connections of its own; and one host asked again and again. Over a held shell there are two
 * kinds: a plain command, which needs no subshell, and any other. Each host is a real sshd process on the loopback. Where clush is
 * installed it runs the same over ssh's ControlPersist, connected before.
 *
 *   npx tsx bench/warm-commands.ts [HOSTS=50] [ROUNDS=20]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'ssh2'
import { createLink, type Link } from '../src/engine/connect/index.js'
import { type Sshd, startSshd } from '../test/fleet/sshd.js'
import { inBatches, median, timed } from './measure.js'
import { connected, settingsFor } from './servers.js'

const COMMAND = 'echo hi'
/** The same to whoever reads it, but not plain: variables may outlive it. */
const IN_SUBSHELL = 'x=hi; echo $x'
const ONE_HOST = 1000

async function main(hosts: number, rounds: number): Promise<void> {
  const servers = await inBatches(hosts, 10, () => startSshd())
  try {
    const links = linksTo(servers, 'ssh')
    const masters = linksTo(servers, 'openssh')
    await Promise.all(links.map(link => link.run(COMMAND)))
    await inBatches(hosts, 20, n => masters[n]?.run(COMMAND) ?? Promise.reject(new Error('no link')))
    const clients = await inBatches(hosts, 20, n => connected(servers[n]))
    await Promise.all(clients.map(client => execOnce(client)))

    const [one] = links
    const plainAlone: number[] = []
    const subshellAlone: number[] = []
    for (let n = 0; n < ONE_HOST; n += 1) {
      plainAlone.push(await timed(async () => one?.run(COMMAND)))
      subshellAlone.push(await timed(async () => one?.run(IN_SUBSHELL)))
    }
    console.log(`one host, plain       p50 ${median(plainAlone).toFixed(2)} ms`)
    console.log(`one host, subshell    p50 ${median(subshellAlone).toFixed(2)} ms`)

    const held: number[] = []
    const subshell: number[] = []
    const bySsh: number[] = []
    const channels: number[] = []
    // Turn and turn about, so that whatever else the machine does falls on all.
    for (let round = 0; round < rounds; round += 1) {
      held.push(await timed(() => Promise.all(links.map(link => link.run(COMMAND)))))
      subshell.push(await timed(() => Promise.all(links.map(link => link.run(IN_SUBSHELL)))))
      bySsh.push(await timed(() => Promise.all(masters.map(link => link.run(COMMAND)))))
      channels.push(await timed(() => Promise.all(clients.map(client => execOnce(client)))))
    }
    report('held shell, plain', hosts, held)
    report('held shell, in a subshell', hosts, subshell)
    report("held shell by the system's ssh", hosts, bySsh)
    report('exec channel per command', hosts, channels)
    const ratio = (times: readonly number[]) => `${(median(channels) / median(times)).toFixed(1)} x`
    console.log(
      `ratio of the medians: ${ratio(held)} plain, ${ratio(subshell)} in a subshell, ${ratio(bySsh)} plain by ssh`,
    )
    const clush = clushRounds(servers, 3)
    if (clush.length > 0) {
      report('clush, ControlPersist', hosts, clush)
      console.log(`against clush: ${(median(clush) / median(held)).toFixed(0)} x plain`)
    }
    await Promise.all([...links, ...masters].map(link => link.close()))
    for (const client of clients) client.end()
  } finally {
    await Promise.all(servers.map(sshd => sshd.stop()))
  }
}

/** Milliseconds that clush takes for the command on every host, over masters that are up. */
function clushRounds(servers: readonly Sshd[], rounds: number): number[] {
  if (spawnSync('clush', ['--version']).status !== 0) return []
  const folder = mkdtempSync(join(tmpdir(), 'muster-warm-'))
  const config = join(folder, 'config')
  const blocks = servers.map(
    ({ port, key, knownHosts }, n) =>
      `Host h${n + 1}\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${key}\n  UserKnownHostsFile ${knownHosts}\n`,
  )
  writeFileSync(
    config,
    `${blocks.join('')}Host *\n  IdentitiesOnly yes\n  ControlMaster auto\n  ControlPath ${folder}/%C\n  ControlPersist 30\n`,
  )
  const run = (): number => {
    const began = performance.now()
    const all = ['-f', String(servers.length), '-o', `-F ${config}`, '-w', `h[1-${servers.length}]`, COMMAND]
    const { status, stdout } = spawnSync('clush', all, { encoding: 'utf8' })
    if (status !== 0 || stdout.match(/hi$/gm)?.length !== servers.length) throw new Error(`clush answered ${stdout}`)
    return performance.now() - began
  }
  try {
    run()
    return Array.from({ length: rounds }, run)
  } finally {
    servers.forEach((_, n) => void spawnSync('ssh', ['-F', config, '-O', 'exit', `h${n + 1}`], { stdio: 'ignore' }))
    rmSync(folder, { recursive: true, force: true })
  }
}

function linksTo(servers: readonly Sshd[], connector: string): Link[] {
  return servers.map((sshd, n) =>
    createLink({
      name: `host-${n}`,
      settings: {
        connector,
        ...settingsFor(sshd),
      },
    }),
  )
}

function execOnce(client: Client): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(COMMAND, (error, channel) => {
      if (error) {
        reject(error)
        return
      }
      let output = ''
      channel.on('data', (chunk: Buffer) => {
        output += chunk.toString()
      })
      channel.stderr.resume()
      channel.once('close', () => (output === 'hi\n' ? resolve(output) : reject(new Error(`wrong answer ${output}`))))
    })
  })
}

function report(what: string, hosts: number, times: readonly number[]): void {
  const ms = median(times)
  const rate = Math.round((1000 * hosts) / ms)
  console.log(
    `${what.padEnd(30)} ${ms.toFixed(1).padStart(7)} ms a round of ${hosts}  ${String(rate).padStart(6)} commands/s`,
  )
}

const [hosts = '50', rounds = '20'] = process.argv.slice(2)
await main(Number(hosts), Number(rounds))
