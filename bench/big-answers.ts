/**
 * Big answers: every host answers so many megabytes at once, without a line end; each is collected whole. Prints the time, the rate
 * and the most memory this process took. Hosts are real sshd processes on the loopback.
 *
 *   npx tsx bench/big-answers.ts [HOSTS=100] [MEGABYTES=100]
 */
import { createHash } from 'node:crypto'
import { createLink } from '../src/engine/connect/index.js'
import { CommandResult } from '../src/engine/fleet/command-result.js'
import { type Sshd, startSshd } from '../test/fleet/sshd.js'
import { settingsFor } from './servers.js'

const MB = 1_000_000

async function main(hosts: number, megabytes: number): Promise<void> {
  const servers: Sshd[] = []
  while (servers.length < hosts)
    servers.push(...(await Promise.all([0, 1, 2, 3].slice(0, hosts - servers.length).map(() => startSshd()))))
  try {
    const links = servers.map((sshd, n) =>
      createLink({
        name: `host-${n}`,
        settings: {
          ...settingsFor(sshd),
        },
      }),
    )
    await Promise.all(links.map(link => link.connect()))
    const before = process.memoryUsage.rss()
    const start = performance.now()
    const script = `head -c ${megabytes * MB} /dev/zero | tr '\\0' x`
    const results = await Promise.all(
      links.map(async link => new CommandResult(script, await link.run(script, { spill: true }))),
    )
    const seconds = (performance.now() - start) / 1000
    const peak = process.resourceUsage().maxRSS * 1024
    const whole = await digest(Buffer.alloc(megabytes * MB, 'x'))
    const [first] = results
    for (const result of results)
      if (result.size !== megabytes * MB || result.truncated !== first?.truncated) throw new Error('an answer is short')
    if ((await streamDigest(first)) !== whole) throw new Error('an answer is wrong')
    console.log(
      JSON.stringify({
        hosts,
        megabytes,
        seconds: Number(seconds.toFixed(1)),
        megabytesPerSecond: Math.round((hosts * megabytes) / seconds),
        rssBeforeMB: Math.round(before / MB),
        rssPeakMB: Math.round(peak / MB),
      }),
    )
    await Promise.all(links.map(link => link.close()))
  } finally {
    await Promise.all(servers.map(sshd => sshd.stop()))
  }
}

async function digest(bytes: Buffer): Promise<string> {
  return createHash('sha256').update(bytes).digest('hex')
}

async function streamDigest(result: CommandResult | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of result?.stdoutStream() ?? []) hash.update(chunk)
  return hash.digest('hex')
}

const [hosts = '100', megabytes = '100'] = process.argv.slice(2)
await main(Number(hosts), Number(megabytes))
