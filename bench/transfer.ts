/**
 * Bytes: a file sent to a host by muster and by OpenSSH's scp, and a gigabyte of stdout read through muster and through ssh, in
 * one run, turn and turn about, over the loopback to a real sshd. muster's figures include what scp leaves out: the host's
 * checksum of what has arrived, and (where the target is a disk) its flushing.
 *
 *   npx tsx bench/transfer.ts [MEGABYTES=256] [STDOUT_MEGABYTES=1024] [ROUNDS=5] [FOLDER=/dev/shm]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createLink } from '../src/engine/connect/index.js'
import { Cargo } from '../src/engine/transfer/cargo.js'
import { type Sshd, startSshd } from '../test/fleet/sshd.js'

const MB = 1024 * 1024

async function main(megabytes: number, stdoutMegabytes: number, rounds: number, where: string): Promise<void> {
  const sshd = await startSshd()
  const noSftp = await startSshd({ sftp: false })
  const folder = mkdtempSync(join(where, 'muster-bench-'))
  const source = join(folder, 'source')
  randomFile(source, megabytes)
  const [link, shellLink] = [sshd, noSftp].map(server =>
    createLink({
      name: 'bench',
      settings: {
        address: '127.0.0.1',
        port: server.port,
        identityFile: server.key,
        knownHostsFile: server.knownHosts,
        strictHostKeyChecking: 'yes',
        sshConfigFile: false,
        agent: false,
      },
    }),
  )
  if (!link || !shellLink) throw new Error('no links')
  let n = 0
  const next = (): string => join(folder, `target-${n++}`)
  const upload = async (by: typeof link): Promise<void> => {
    await by.upload({ cargo: await Cargo.local(source, { shared: false }), path: next() })
  }
  const rows: readonly (readonly [string, number, () => Promise<unknown>])[] = [
    ['scp', megabytes, () => scp(sshd, source, next())],
    [
      'scp, then sha256sum',
      megabytes,
      async () => {
        const target = next()
        await scp(sshd, source, target)
        await ssh(sshd, `sha256sum ${target}`)
      },
    ],
    ['muster upload, sftp', megabytes, () => upload(link)],
    ['muster upload, shell', megabytes, () => upload(shellLink)],
    ['scp back', megabytes, () => scpBack(sshd, source, next())],
    ['muster download, sftp', megabytes, () => link.download({ path: source, local: next() })],
    ['muster download, shell', megabytes, () => shellLink.download({ path: source, local: next() })],
    ['ssh, stdout', stdoutMegabytes, () => ssh(sshd, zeros(stdoutMegabytes))],
    [
      'muster, stdout',
      stdoutMegabytes,
      async () => {
        let bytes = 0
        await link.run(zeros(stdoutMegabytes), {
          maxBytes: MB,
          onOutput: (_, chunk) => {
            bytes += chunk.length
          },
        })
        if (bytes !== stdoutMegabytes * MB) throw new Error(`${bytes} bytes came`)
      },
    ],
  ]
  try {
    await Promise.all([link.connect(), shellLink.connect()])
    const times = new Map<string, { ms: number; cpu: number }[]>(rows.map(([name]) => [name, []]))
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, , run] of rows) {
        const before = process.cpuUsage()
        const start = performance.now()
        await run()
        const ms = performance.now() - start
        const { user, system } = process.cpuUsage(before)
        for (let i = 0; i < n; i += 1) rmSync(join(folder, `target-${i}`), { force: true })
        if (round > 0) times.get(name)?.push({ ms, cpu: (user + system) / 1000 })
      }
    }
    for (const [name, size] of rows) report(name, size, times.get(name) ?? [])
    console.log(`most memory of muster's own process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
  } finally {
    await Promise.all([link.close(), shellLink.close()])
    await Promise.all([sshd.stop(), noSftp.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

const zeros = (megabytes: number): string => `head -c ${megabytes * MB} /dev/zero`

function options(sshd: Sshd): string[] {
  const set = [
    `UserKnownHostsFile=${sshd.knownHosts}`,
    'BatchMode=yes',
    `IdentityFile=${sshd.key}`,
    'IdentitiesOnly=yes',
  ]
  return ['-F', '/dev/null', '-q', ...set.flatMap(option => ['-o', option])]
}

const scp = (sshd: Sshd, source: string, target: string): Promise<void> =>
  done('scp', [...options(sshd), '-P', String(sshd.port), source, `127.0.0.1:${target}`])

const scpBack = (sshd: Sshd, source: string, target: string): Promise<void> =>
  done('scp', [...options(sshd), '-P', String(sshd.port), `127.0.0.1:${source}`, target])

const ssh = (sshd: Sshd, command: string): Promise<void> =>
  done('ssh', [...options(sshd), '-p', String(sshd.port), '127.0.0.1', command])

async function done(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.resume()
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended with ${code}`)
}

function randomFile(path: string, megabytes: number): void {
  const file = openSync(path, 'w')
  const block = crypto.getRandomValues(new Uint8Array(65_536))
  for (let i = 0; i < megabytes * 16; i += 1) {
    block[i % 65_536] = i & 0xff
    writeSync(file, block)
  }
  fsyncSync(file)
  closeSync(file)
}

function report(name: string, megabytes: number, runs: readonly { ms: number; cpu: number }[]): void {
  const sorted = [...runs].sort((a, b) => a.ms - b.ms)
  const { ms, cpu } = sorted[Math.floor(sorted.length / 2)] ?? { ms: Number.NaN, cpu: Number.NaN }
  const best = sorted[0]?.ms ?? Number.NaN
  console.log(
    `${name.padEnd(24)} ${megabytes} MiB  median ${ms.toFixed(0).padStart(6)} ms  ${((megabytes / ms) * 1000).toFixed(0).padStart(5)} MiB/s  best ${best.toFixed(0).padStart(6)} ms  own CPU ${cpu.toFixed(0)} ms`,
  )
}

const [megabytes = '256', stdout = '1024', rounds = '5', where = '/dev/shm'] = process.argv.slice(2)
await main(Number(megabytes), Number(stdout), Number(rounds), where)
