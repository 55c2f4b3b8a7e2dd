import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unusedPort } from '../../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../../fleet/sshd.js'
import { CommandLine } from './command.js'

const why = sshdMissing()
if (why) test.skip(`muster doctor over a real sshd: ${why}`)

describe.skipIf(why)('muster doctor', () => {
  const cli = new CommandLine()
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
    const connect = {
      address: '127.0.0.1',
      port: sshd.port,
      identityFile: sshd.key,
      knownHostsFile: sshd.knownHosts,
      sshConfigFile: false,
      agent: false,
    }
    const hosts = { 'web-[1-12]': {}, 'db-1': { connect: { port: await unusedPort() } } }
    cli.write('fleet.ts', `export default ${JSON.stringify({ hosts, connect })}\n`)
  })
  afterAll(async () => {
    cli.remove()
    await sshd?.stop()
  })

  test('tells what ails which host and what to do, and exits with 1', async () => {
    const { code, out: stdout, err } = await cli.run(['doctor', 'fleet.ts'])
    expect([code, err]).toEqual([1, ''])
    expect(stdout).toMatch(/^✗ db-1 {2}failed\n {2}connection refused at 127\.0\.0\.1:\d+\n {2}→ The machine is up/)
    expect(stdout).toContain('● web-[1-12] (12)  ready\n')
    expect(stdout).toMatch(/12 of 13 hosts ready\n$/)
    expect(stdout).not.toContain('\x1b[')
  })

  test('a pattern selects; all ready is exit 0; --json is a record a host', async () => {
    const { code, out: stdout } = await cli.run(['doctor', 'fleet.ts', 'web-[1-2]', '--json'])
    expect(code).toBe(0)
    const records = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(records.map(({ host, ok, connector, findings }) => ({ host, ok, connector, findings }))).toEqual([
      { host: 'web-1', ok: true, connector: 'ssh', findings: [] },
      { host: 'web-2', ok: true, connector: 'ssh', findings: [] },
    ])
    expect(records[0].trace.phases.map(({ phase }: { phase: string }) => phase).at(-1)).toBe('shell')
  })
})
