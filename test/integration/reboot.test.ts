import { afterAll, beforeAll, expect, test } from 'vitest'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import { Engine } from '../../src/engine/engine.js'
import type { EngineEvent } from '../../src/engine/events.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import { approveAll } from '../../src/engine/run/approval.js'
import { catalogue } from '../../src/repl/catalogue.js'
import { type Lab, startLab } from '../fleet/lab.js'
import { labInventory } from '../fleet/lab-inventory.js'
import { describeOnLab } from '../fleet/shared.js'

describeOnLab('rebooting real hosts', () => {
  let lab: Lab
  let engine: Engine
  const events: EngineEvent[] = []
  beforeAll(async () => {
    lab = await startLab({ hosts: 2, systemd: 0 })
    const credentials = new Credentials()
    engine = new Engine({
      inventory: resolveInventory(labInventory(lab, { connect: { connectTimeout: 3 } }), 'lab'),
      catalogue,
      link: (host, observer) => createLink({ name: host.name, settings: host.connect }, { observer, credentials }),
      approver: approveAll,
      emit: event => void events.push(event),
    })
  })
  afterAll(async () => {
    await engine?.close()
    await lab?.stop()
  })

  const told = (host: string) =>
    expect.poll(() => lab.exec(host, 'ls /root/told 2>/dev/null || true')).toContain('told')

  test('server.reboot waits for the host to be up with another boot id, and forgets what was known of it', async () => {
    const h1 = engine.fleet.host('h1')
    const bootId = async () => (await h1.$`cat /proc/sys/kernel/random/boot_id`).stdout
    const before = await bootId()
    expect(await h1.facts.server.hostname()).toBe('h1')
    // What its firmware does when it is told to: off, and on again a little later.
    const cycle = (async () => {
      await told('h1')
      await lab.exec('h1', 'hostname reborn; rm /root/told')
      await lab.kill('h1')
      await lab.start('h1')
    })()
    const result = await h1.server.reboot({ command: 'touch /root/told', timeout: 60 })
    await cycle
    expect(result.changed).toBe(true)
    expect(await bootId()).not.toBe(before)
    expect(await h1.facts.server.hostname()).toBe('h1')
    expect(events.some(event => event.type === 'host.state' && event.host === 'h2')).toBe(false)
  }, 120_000)

  test('a host that stays down is given up in time, with the reason', async () => {
    const h2 = engine.fleet.host('h2')
    await h2.$`true`
    const rebooting = expect(h2.server.reboot({ command: 'touch /root/told', timeout: 6 })).rejects.toThrow(
      /^h2: did not come back within 6 s of its reboot \(.+\)$/,
    )
    await told('h2')
    await lab.kill('h2')
    await rebooting
    await lab.start('h2')
    expect((await h2.$`echo up`).stdout).toBe('up\n')
  }, 120_000)
})
