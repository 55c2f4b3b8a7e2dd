/**
 * Twenty facts on every host: asked together, they travel as one script over the held shell; against one exec channel per fact,
 * one after the other as pyinfra and Ansible ask them, and all twenty at once as far as sshd lets (MaxSessions 10).
 * Then the same over a wire with a delay: how many round trips twenty facts take.
 *
 *   npx tsx --tsconfig tsconfig.test.json bench/facts.ts [HOSTS=100] [ROUNDS=5] [DELAY_MS=50]
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Client } from 'ssh2'
import { createLink } from '../src/engine/connect/index.js'
import { LOGIN } from '../src/engine/connect/link.js'
import type { FactQuestion } from '../src/engine/fact.js'
import { FactReader } from '../src/engine/read/fact-reader.js'
import * as facts from '../src/facts/index.js'
import { type Sshd, startSshd } from '../test/fleet/sshd.js'
import { inBatches, median, timed } from './measure.js'
import { connected, settingsFor } from './servers.js'

const { server, hardware, files } = facts
const PATHS = ['/etc/passwd', '/etc/group', '/etc/hosts', '/etc/fstab', '/etc/profile', '/etc/resolv.conf']
const TWENTY: readonly FactQuestion<unknown>[] = [
  server.os.ask(undefined),
  server.hostname.ask(undefined),
  server.kernel.ask(undefined),
  server.uptime.ask(undefined),
  server.mounts.ask(undefined),
  hardware.cpus.ask(undefined),
  hardware.memory.ask(undefined),
  ...PATHS.map(path => files.file.ask({ path })),
  ...['sh', 'ls', 'cat', 'awk', 'sed', 'grep', 'sort'].map(command => server.which.ask({ command })),
]

async function main(hosts: number, rounds: number, delay: number): Promise<void> {
  if (TWENTY.length !== 20) throw new Error(`${TWENTY.length} facts`)
  const servers = await inBatches(hosts, 10, () => startSshd())
  try {
    await onManyHosts(servers, rounds)
    const [one] = servers
    if (one) await overAWire(one, rounds, delay)
  } finally {
    await Promise.all(servers.map(sshd => sshd.stop()))
  }
}

async function onManyHosts(servers: readonly Sshd[], rounds: number): Promise<void> {
  const links = servers.map((sshd, n) => linkTo(sshd, n, sshd.port))
  await Promise.all(links.map(link => link.connect()))
  const clients = await inBatches(servers.length, 20, n => connected(servers[n]))
  const together: number[] = []
  const apart: number[] = []
  // Turn and turn about, so that whatever else the machine does falls on both. The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const ours = await timed(() => Promise.all(links.map(twentyFacts)))
    const theirs = await timed(() => Promise.all(clients.map(oneByOne)))
    if (round > 0) {
      together.push(ours)
      apart.push(theirs)
    }
  }
  const [a, b] = [median(together), median(apart)]
  console.log(`20 facts on ${servers.length} hosts, medians of ${rounds} rounds`)
  console.log(`  together, one round trip    ${a.toFixed(0).padStart(6)} ms  ${rate(servers.length, a)} facts/s`)
  console.log(`  one exec channel per fact   ${b.toFixed(0).padStart(6)} ms  ${rate(servers.length, b)} facts/s`)
  console.log(`  ratio ${(b / a).toFixed(1)} ×`)
  await Promise.all(links.map(link => link.close()))
  for (const client of clients) client.end()
}

async function overAWire(sshd: Sshd, rounds: number, delay: number): Promise<void> {
  const wire = await delaying(sshd.port, delay)
  const near = linkTo(sshd, 0, sshd.port)
  const far = linkTo(sshd, 1, wire.port)
  try {
    const times = { near: [] as number[], far: [] as number[] }
    for (let round = 0; round <= 2 * rounds; round += 1) {
      const [here, there] = [await timed(() => twentyFacts(near)), await timed(() => twentyFacts(far))]
      if (round === 0) continue // connects
      times.near.push(here)
      times.far.push(there)
    }
    const [here, there] = [median(times.near), median(times.far)]
    console.log(
      `20 facts of one host over ${delay} ms each way: ${there.toFixed(0)} ms; without the delay ${here.toFixed(0)} ms`,
    )
    const trips = (ms: number) => (ms / (2 * delay)).toFixed(2)
    console.log(`  ${trips(there)} round trips in all, ${trips(there - here)} of them on the wire`)
  } finally {
    await Promise.all([near.close(), far.close()])
    wire.server.close()
  }
}

type AnyLink = ReturnType<typeof createLink>

/** A reader of its own each time: nothing is cached. */
async function twentyFacts(link: AnyLink): Promise<void> {
  const reader = new FactReader(link)
  await Promise.all(TWENTY.map(question => reader.ask(question, { identity: LOGIN })))
}

async function oneByOne(client: Client): Promise<void> {
  for (const { command } of TWENTY) await execOnce(client, command)
}

function linkTo(sshd: Sshd, n: number, port: number): AnyLink {
  return createLink({
    name: `host-${n}`,
    settings: {
      ...settingsFor(sshd),
      port,
      hostKeyAlias: `[127.0.0.1]:${sshd.port}`,
    },
  })
}

function execOnce(client: Client, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(script, (error, channel) => {
      if (error) {
        reject(error)
        return
      }
      channel.resume()
      channel.stderr.resume()
      channel.once('close', () => resolve())
    })
  })
}

/** A wire in user space: every byte arrives `delay` milliseconds later, in order, both ways. */
async function delaying(port: number, delay: number): Promise<{ port: number; server: Server }> {
  const carry = (from: Socket, to: Socket): void => {
    from.on('data', chunk => setTimeout(() => to.write(chunk), delay))
    from.on('close', () => setTimeout(() => to.destroy(), delay))
    from.on('error', () => {})
  }
  const server = createServer({ noDelay: true }, near => {
    const far = connect({ host: '127.0.0.1', port, noDelay: true })
    carry(near, far)
    carry(far, near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, server }
}

const rate = (hosts: number, ms: number) =>
  Math.round((20_000 * hosts) / ms)
    .toString()
    .padStart(7)

const [hosts = '100', rounds = '5', delay = '50'] = process.argv.slice(2)
await main(Number(hosts), Number(rounds), Number(delay))
