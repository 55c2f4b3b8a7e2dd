import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { labInventory } from '../../fleet/lab-inventory.js'
import { describeOnLab } from '../../fleet/shared.js'
import { approve, endText, type WatchedSession, watchSession } from '../../fleet/watched-session.js'

describeOnLab('interrupting a cell', lab => {
  let session: WatchedSession
  beforeAll(async () => {
    session = await watchSession(labInventory(lab))
    await session.read('$`true`')
  })
  afterAll(() => session?.close())
  beforeEach(() => session.mark())
  afterEach(async () => {
    expect(await session.read('$`echo well`')).toBe('● h[1-3] (3)\n  well')
  })

  test('a loop that never ends', async () => {
    const answer = session.read('let turns = 0\nwhile (true) turns++')
    await session.next('cell.start')
    await sleep(500)
    session.port.interrupt()
    expect(await answer).toBe('Interrupted; what came back before is kept.')
  })

  test('a command on all hosts: it is killed there', async () => {
    const answer = session.read('$`sleep 4711`')
    const sleeping = () =>
      Promise.all(lab.hosts.map(({ name }) => lab.exec(name, "pgrep -c -f '^sleep 471[1]' || true")))
    await expect.poll(sleeping).toEqual(['1\n', '1\n', '1\n'])
    session.port.interrupt()
    expect(await answer).toBe('Interrupted; what came back before is kept.')
    await session.next('task.end')
    const outcomes = session.since('task.host').map(({ outcome }) => outcome.status)
    expect(outcomes).toEqual(['unknown', 'unknown', 'unknown'])
    await expect.poll(sleeping).toEqual(['0\n', '0\n', '0\n'])
  })

  test('what came back before is kept', async () => {
    const answer = session.read('$`[ $(hostname) = h2 ] && sleep 4712 || hostname`')
    await session.next('task.host', ({ host }) => host === 'h1')
    await session.next('task.host', ({ host }) => host === 'h3')
    session.port.interrupt()
    await answer
    await session.next('task.end')
    const outcomes = session.since('task.host').map(({ host, outcome }) => `${host} ${outcome.status} ${outcome.text}`)
    expect(outcomes.sort()).toEqual(['h1 ok h1', expect.stringMatching(/^h2 unknown /), 'h3 ok h3'])
  })

  test('an approval that waits: nothing is applied', async () => {
    session.decide = undefined
    const answer = session.read("files.put({ content: 'x', dest: '/etc/muster-interrupted' })")
    await session.next('approval.asked')
    session.port.interrupt()
    await answer
    session.decide = approve
    expect(session.since('approval.given').map(({ decision }) => decision.kind)).toEqual(['decline'])
    expect(session.since('change.start')).toEqual([])
    for (const { name } of lab.hosts) expect(await lab.exec(name, 'ls /etc/muster-interrupted || true')).toBe('')
  })

  test('a cell that waits for its turn runs when the one before is stopped, and knows its names', async () => {
    const first = session.port.run('const before = 1')
    const second = session.port.run('const mine = before + 1; await $`sleep 4713`')
    const third = session.port.run('before + 41')
    await session.next('task.start')
    session.port.interrupt()
    expect((await first).kind).toBe('ok')
    await second
    expect(endText(await third, '')).toBe('42')
  })

  test('an interruption when nothing runs does nothing', async () => {
    session.port.interrupt()
    await sleep(200)
    expect(await session.read('1 + 1')).toBe('2')
  })
})
