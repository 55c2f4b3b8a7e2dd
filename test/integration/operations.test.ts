import { afterAll, describe, expect, test } from 'vitest'
import { createLink } from '../../src/engine/connect/index.js'
import type { Operation } from '../../src/engine/operation.js'
import { callOf } from '../../src/engine/plan/change.js'
import { diffLines } from '../../src/engine/plan/render-diff.js'
import * as facts from '../../src/facts/index.js'
import { apt, files, server, systemd } from '../../src/operations/index.js'
import { describeOnLab } from '../fleet/shared.js'
import { RealHost } from '../unit/local/real-host.js'

describeOnLab('operations over ssh', lab => {
  const links = ['h1', 'h2'].map(name =>
    createLink({ name, settings: { sshConfigFile: lab.sshConfig, knownHostsFile: lab.knownHosts } }),
  )
  const [withSystemd, light] = links.map(link => new RealHost(link))
  if (!withSystemd || !light) throw new Error('two links make two hosts')
  afterAll(() => Promise.all(links.map(link => link.close())))

  /** Plans, applies (which measures and plans again), checks that nothing is left to do; the change as told in the plan. */
  async function settle<A>(host: RealHost, operation: Operation<A>, args: NoInfer<A>) {
    const planned = await host.plan(operation, args)
    expect(planned).toMatchObject({ outcome: 'change' })
    const applied = await host.apply(operation, args)
    expect(applied.changed).toBe(true)
    expect(applied.changes.map(({ diff }) => diff)).toEqual(planned.changes.map(({ diff }) => diff))
    expect(await host.plan(operation, args)).toMatchObject({ outcome: 'same' })
    const told = applied.changes.flatMap(({ summary, diff }) => [
      summary,
      ...diffLines(diff)
        .filter(({ sign }) => sign !== '@')
        .map(({ sign, text }) => `${sign}${text}`),
    ])
    return { applied, told, back: () => host.undo(applied) }
  }

  describe('apt.packages', () => {
    test('installs what is needed too, at the versions the plan shows, and takes it back', async () => {
      await light.apply(apt.packages, { update: true })
      const { told, back } = await settle(light, apt.packages, { packages: 'muster-tool' })
      expect(told).toEqual(['install muster-tool', '+muster-hello 1.1', '+muster-tool 2.3-1'])
      const before = await light.fact(facts.apt.packages, undefined)
      expect(before?.['muster-hello']).toEqual({ version: '1.1', architecture: 'all', held: false })
      await back()
      expect((await light.fact(facts.apt.packages, undefined))?.['muster-hello']).toBeUndefined()
    })

    test('a certain version, the latest, a downgrade taken back, removal with what depends on it', async () => {
      const old = await settle(light, apt.packages, { packages: ['muster-hello=1.0'] })
      const latest = await settle(light, apt.packages, { packages: ['muster-hello'], latest: true })
      expect(latest.told).toEqual(['upgrade muster-hello', '-muster-hello 1.0', '+muster-hello 1.1'])
      await latest.back()
      expect((await light.fact(facts.apt.packages, undefined))?.['muster-hello']?.version).toBe('1.0')
      await light.apply(apt.packages, { packages: ['muster-tool'] })
      const gone = await settle(light, apt.packages, { packages: ['muster-hello'], present: false, purge: true })
      expect(gone.told).toEqual(['purge muster-hello', '-muster-tool 2.3-1', '-muster-hello 1.1'])
      await gone.back()
      expect((await light.fact(facts.apt.packages, undefined))?.['muster-tool']?.version).toBe('2.3-1')
      await light.apply(apt.packages, { packages: ['muster-tool', 'muster-hello'], present: false })
      expect(old.told).toEqual(['install muster-hello', '+muster-hello 1.0'])
    })

    test('says what cannot be installed; after an update of the lists that is unknown', async () => {
      const refused = async (args: { packages: string[]; update?: boolean }) => {
        const plan = await light.plan(apt.packages, args)
        return plan.outcome === 'failed' ? plan.error.message : plan.outcome
      }
      expect(await refused({ packages: ['muster-nothing'] })).toBe(
        'apt.packages: there is no package muster-nothing in the package lists.',
      )
      expect(await refused({ packages: ['muster-hello=9'] })).toContain('has no version 9, only 1.1, 1.0')
      expect(await refused({ packages: ['muster-nothing'], update: true })).toBe('unknown')
      const updated = await light.plan(apt.packages, { packages: ['muster-hello'], update: true })
      expect(updated).toMatchObject({
        outcome: 'change',
        changes: [{ summary: 'update package lists' }, { summary: 'install muster-hello' }],
      })
    })

    test('two installations in one plan see each other, what a package may touch is unknown', async () => {
      const plans = await light.planAll([
        callOf(apt.packages, { packages: ['muster-hello'] }),
        callOf(apt.packages, { packages: ['muster-tool'] }),
        callOf(files.line, { path: '/etc/muster-demo.conf', line: 'x' }),
      ])
      expect(plans.map(({ outcome }) => outcome)).toEqual(['change', 'change', 'unknown'])
      expect(plans[1]?.changes[0]?.diff).toMatchObject({ added: [{ name: 'muster-tool' }] })
    })
  })

  test('systemd.service starts, enables, reloads, masks, and takes it back', async () => {
    await withSystemd.apply(apt.packages, { packages: ['muster-demo'], update: true })
    await withSystemd.apply(systemd.service, { service: 'muster-demo', running: false, enabled: false })
    const up = await settle(withSystemd, systemd.service, { service: 'muster-demo', enabled: true })
    expect(up.told).toEqual([
      'start muster-demo.service',
      '-active: inactive',
      '+active: active',
      'enable muster-demo.service',
      '-enabled: disabled',
      '+enabled: enabled',
    ])
    await withSystemd.apply(files.put, { content: 'GREETING=evening\n', dest: '/etc/muster-demo.conf' })
    const reload = { service: 'muster-demo', reloaded: true }
    expect((await withSystemd.apply(systemd.service, reload)).changes.map(({ summary }) => summary)).toEqual([
      'reload muster-demo.service',
    ])
    await expect.poll(() => lab.exec('h1', 'cat /run/muster-demo')).toBe('evening\n')
    const pid = () => lab.exec('h1', 'systemctl show -p MainPID muster-demo')
    const before = await pid()
    await withSystemd.apply(systemd.service, { service: 'muster-demo', restarted: true, daemonReload: true })
    expect(await pid()).not.toBe(before)
    await up.back()
    const unit = await withSystemd.fact(facts.systemd.unit, { unit: 'muster-demo.service' })
    expect(unit).toMatchObject({ load: 'loaded', active: 'inactive', enabled: 'disabled' })
    const masked = await settle(withSystemd, systemd.service, { service: 'muster-demo', masked: true })
    expect(await withSystemd.plan(systemd.service, { service: 'muster-demo' })).toMatchObject({ outcome: 'failed' })
    await masked.back()
    expect((await withSystemd.fact(facts.systemd.units, undefined))?.['muster-demo.service']).toMatchObject({
      enabled: 'disabled',
    })
    await withSystemd.apply(apt.packages, { packages: ['muster-demo'], present: false, purge: true })
  })

  test('systemd says what it cannot do', async () => {
    const missing = await withSystemd.plan(systemd.service, { service: 'muster-nothing' })
    expect(missing).toMatchObject({ error: { message: 'there is no unit muster-nothing.service on this host.' } })
    expect(await withSystemd.plan(systemd.service, { service: 'muster-nothing', running: false })).toMatchObject({
      outcome: 'same',
    })
    expect(await light.plan(systemd.service, { service: 'x' })).toMatchObject({
      error: { message: 'systemd does not run this host.' },
    })
    expect(await light.fact(facts.systemd.units, undefined)).toBeUndefined()
    const other = await withSystemd.plan(systemd.service, { service: 'systemd-journald', enabled: true })
    expect(other).toMatchObject({ error: { message: 'systemd-journald.service cannot be enabled: it is static.' } })
  })

  test('server.user is made, changed, and taken back', async () => {
    const args = { user: 'erin', comment: "Erin O'Neil", shell: '/bin/sh', groups: ['adm', 'operator'] }
    const made = await settle(light, server.user, args)
    expect(made.told).toEqual([
      'create user erin',
      '+user: erin',
      '+groups: adm, operator',
      '+shell: /bin/sh',
      "+comment: Erin O'Neil",
    ])
    expect(await light.fact(facts.server.account, { user: 'erin' })).toMatchObject({
      groups: ['adm', 'operator'],
      home: '/home/erin',
      comment: "Erin O'Neil",
      group: 'erin',
    })
    expect(await light.fact(facts.files.file, { path: '/home/erin' })).toMatchObject({
      type: 'directory',
      owner: 'erin',
    })
    const changed = await settle(light, server.user, {
      user: 'erin',
      groups: ['sudo'],
      append: true,
      uid: 4321,
      shell: '',
    })
    expect(changed.told[0]).toBe('change uid, groups, shell of user erin')
    await changed.back()
    expect(await light.fact(facts.server.account, { user: 'erin' })).toMatchObject({
      groups: ['adm', 'operator'],
      shell: '/bin/sh',
    })
    const gone = await light.plan(server.user, { user: 'erin', present: false, removeHome: true })
    expect(gone.changes[0]?.irreversible).toBe('the password of erin and its home directory cannot be restored')
    await made.back()
    expect(await light.fact(facts.server.account, { user: 'erin' })).toBeUndefined()
    expect(await light.fact(facts.files.file, { path: '/home/erin' })).toBeUndefined()
    expect(await light.plan(server.user, { user: 'erin', groups: ['no-such'] })).toMatchObject({
      error: { message: 'there is no group no-such on this host.' },
    })
  })

  test('without privileges facts answer what may be known, and one’s own files are kept', async () => {
    const settings = { sshConfigFile: lab.sshConfig, knownHostsFile: lab.knownHosts, user: 'deploy' }
    const link = createLink({ name: 'h2', settings })
    const host = new RealHost(link)
    expect(await host.fact(facts.server.identity, undefined)).toMatchObject({ user: 'deploy', group: 'deploy' })
    expect(await host.fact(facts.server.os, undefined)).toMatchObject({ id: 'debian', family: 'debian' })
    expect((await host.fact(facts.server.users, undefined)).deploy?.home).toBe('/home/deploy')
    expect((await host.fact(facts.apt.packages, undefined))?.dpkg?.version).toMatch(/^1\./)
    expect(await host.fact(facts.server.which, { command: 'useradd' })).toBe('/usr/sbin/useradd')
    expect((await host.fact(facts.server.mounts, undefined))['/']).toBeDefined()
    await expect(host.fact(facts.files.file, { path: '/root/x' })).rejects.toThrow('/root: permission denied')
    await expect(host.fact(facts.files.text, { path: '/etc/shadow' })).rejects.toThrow(/[Pp]ermission denied/)
    const args = { path: '/home/deploy/notes', line: 'mine' }
    const { told, back } = await settle(host, files.line, args)
    expect(told).toEqual(['create /home/deploy/notes', '+mine'])
    await back()
    const refused = host.apply(files.put, { content: '', dest: '/etc/not-mine' })
    await expect(refused).rejects.toThrow('/etc/not-mine: no permission to write')
    await link.close()
  })
})
