import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publicKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing() ?? (process.getuid?.() === 0 ? undefined : 'other names for addresses need root')
if (why) test.skip(`CanonicalizeHostname over a real sshd: ${why}`)

/** Connects to `web` by an ssh_config, with and without the system's ssh, and tells what came of both. */
const PROGRAM = `
import { createLink } from '${new URL('../../src/engine/connect/index.ts', import.meta.url).href}'
import { SshConfigReader } from '${new URL('../../src/engine/connect/ssh-config/reader.ts', import.meta.url).href}'
import { sshSettings } from '${new URL('../../src/engine/connect/ssh/ssh-settings.ts', import.meta.url).href}'
const [sshConfigFile] = process.argv.slice(-1)
const endpoint = { name: 'web', settings: { sshConfigFile, agent: false } }
const settings = async reader => {
  const { host, port, identityFiles } = await sshSettings(endpoint, reader)
  return { host, port, identityFiles }
}
const link = createLink(endpoint)
const said = (await link.run('echo in')).stdout.toString()
await link.close()
console.log(JSON.stringify({
  said,
  withSsh: await settings(new SshConfigReader()),
  without: await settings(new SshConfigReader(async () => undefined)),
}))`

describe.skipIf(why)('CanonicalizeHostname', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-canonical-'))
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true })
  })
  const file = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  test('a short name is connected by its full one, which known_hosts and Match go by, as for the real ssh', async () => {
    // A name with a dot at its end is looked up as it is.
    const hosts = file('hosts', '127.0.0.1 localhost web.lab.example web.lab.example.\n')
    const known = file('known', `[web.lab.example]:${sshd.port} ${publicKey(join(sshd.folder, 'host_ed25519'))}`)
    const config = file(
      'config',
      `CanonicalizeHostname yes
CanonicalDomains no.example lab.example
UserKnownHostsFile ${known}
StrictHostKeyChecking yes
Match canonical host *.lab.example
  IdentityFile ${sshd.key}
Host web.lab.example
  Port ${sshd.port}
`,
    )
    const program = file('program.mts', PROGRAM)
    const script = `mount --bind ${hosts} /etc/hosts && ssh -F ${config} -o BatchMode=yes web echo in && exec "$0" --import tsx ${program} ${config}`
    const { stdout } = await promisify(execFile)('unshare', ['-m', 'sh', '-c', script, process.execPath])
    const [theirs, ours = ''] = stdout.split('\n')
    const settings = { host: 'web.lab.example', port: sshd.port, identityFiles: [sshd.key] }
    expect(theirs).toBe('in')
    expect(JSON.parse(ours)).toEqual({ said: 'in\n', withSsh: settings, without: settings })
  })
})
