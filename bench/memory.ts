/**
 * Memory of connected hosts that do nothing: what the process grows by per host, from the first to the last, each with a held
 * shell and its keepalive. The servers are a few real sshd processes that stand for many hosts each.
 *
 *   npx tsx --expose-gc bench/memory.ts [HOSTS=500]
 *   sh -c 'ulimit -n 1024; exec npx tsx --expose-gc bench/memory.ts 500'
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createLink } from '../src/engine/connect/index.js'
import { ownDescriptors } from '../src/engine/connect/link/descriptors.js'
import { type Sshd, startSshd } from '../test/fleet/sshd.js'
import { inBatches } from './measure.js'
import { settingsFor } from './servers.js'

/** Before measuring: what a program has loaded and compiled by then is nobody's own. */
const WARM_UP = 50
const HOSTS_PER_SERVER = 50

async function main(hosts: number): Promise<void> {
  const count = Math.ceil((hosts + WARM_UP) / HOSTS_PER_SERVER)
  const servers = await inBatches(count, 5, () => startSshd({ config: ['MaxStartups 500', 'LoginGraceTime 600'] }))
  const link = (n: number) => connectedLink(servers[n % servers.length], n)
  try {
    const links = await Promise.all(Array.from({ length: WARM_UP }, (_, n) => link(n)))
    const before = await settled()
    const start = performance.now()
    links.push(...(await Promise.all(Array.from({ length: hosts }, (_, n) => link(WARM_UP + n)))))
    const seconds = (performance.now() - start) / 1000
    const after = await settled()
    const each = (bytes: number) => `${(bytes / hosts / 1024).toFixed(0)} KB`
    const use = ownDescriptors()
    console.log(
      `${hosts} hosts connected in ${seconds.toFixed(1)} s${use ? `, ${use.used} of ${use.limit} file descriptors` : ''}`,
    )
    console.log(
      `per idle host: ${each(after.rss - before.rss)} resident, ${each(after.heap - before.heap)} of them heap`,
    )
    console.log(`in all: ${(after.rss / 2 ** 20).toFixed(0)} MB resident`)
    const answers = await Promise.all(links.map(each => each.run('echo hi')))
    console.log(`${answers.filter(({ stdout }) => stdout.toString() === 'hi\n').length} of ${links.length} answer`)
    await Promise.all(links.map(each => each.close()))
  } finally {
    await Promise.all(servers.map(sshd => sshd.stop()))
  }
}

async function connectedLink(sshd: Sshd | undefined, n: number) {
  if (!sshd) throw new Error('no server')
  const link = createLink({
    name: `host-${n}`,
    settings: {
      ...settingsFor(sshd),
      connectTimeout: 120,
    },
  })
  await link.connect()
  return link
}

/** What is left once the garbage is gone. */
async function settled(): Promise<{ rss: number; heap: number }> {
  if (!globalThis.gc) throw new Error('run it with --expose-gc')
  for (let n = 0; n < 5; n += 1) {
    globalThis.gc()
    await sleep(200)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed + external }
}

const [hosts = '500'] = process.argv.slice(2)
await main(Number(hosts))
