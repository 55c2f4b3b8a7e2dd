import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { createLink } from '../../src/engine/connect/index.js'
import type { Link } from '../../src/engine/connect/link.js'
import { openForward } from '../../src/engine/forward/open.js'
import { run } from '../fleet/command.js'
import { twoHops } from '../fleet/kinds.js'
import { closing, stdout } from '../fleet/link-to.js'
import { describeOnOwnLab } from '../fleet/own-lab.js'

describeOnOwnLab('hosts in private segments', { hosts: { ...twoHops, p3: { behind: 'j2' } } }, lab => {
  const link = (name: string): Link =>
    closing(
      createLink({
        name,
        settings: {
          sshConfigFile: lab().sshConfig,
          agent: false,
          connectTimeout: 20,
          serverAliveInterval: 1,
          serverAliveCountMax: 2,
        },
      }),
    )
  const hops = (of: Link) =>
    of.traces.at(-1)?.notes.flatMap(note => (note.kind === 'jump' ? [`${note.trace.host} ${note.trace.outcome}`] : []))
  /** Connections of this machine to the jump host. */
  const connections = async () => {
    const lines = await run('ss', '-Htn', 'state', 'established', 'dst', lab().host('j1').address)
    return lines.trim().split('\n').length
  }

  test('are reached through one jump host and through two, which are connected once', async () => {
    const [p1, p2, p3] = [link('p1'), link('p2'), link('p3')]
    const answers = await Promise.all([p1, p2, p3].map(each => stdout(each, 'hostname')))
    expect(answers).toEqual(['p1\n', 'p2\n', 'p3\n'])
    expect([hops(p1), hops(p2), hops(p3)]).toEqual([['j1 ready'], ['j1 ready', 'j2 ready'], ['j1 ready', 'j2 ready']])
    expect(await connections()).toBe(1)
  })

  test('a forward reaches what only the last of them can', async () => {
    const opened = await openForward(link('j2'), { remote: `${lab().host('p2').address}:22` }, () => {})
    const banner = await new Promise<string>(resolve =>
      createConnection(opened.port, '127.0.0.1').once('data', chunk => resolve(String(chunk))),
    )
    expect(banner).toMatch(/^SSH-2\.0-/)
    await opened.close()
  })

  test('a jump host cut off in between is named by those behind it; when it is back, so are they', async () => {
    const [p1, p2, p3] = [link('p1'), link('p2'), link('p3')]
    await Promise.all([p1, p2, p3].map(each => each.connect()))
    await lab().partition('j2')
    await expect.poll(() => [p2.state, p3.state]).toEqual(['lost', 'lost'])
    expect([p2.standing.reason, p3.standing.reason]).toEqual([
      'the jump host j2 was lost: it stopped answering',
      'the jump host j2 was lost: it stopped answering',
    ])
    expect(await stdout(p1, 'hostname')).toBe('p1\n')
    await lab().heal('j2')
    expect(await Promise.all([stdout(p2, 'hostname'), stdout(p3, 'hostname')])).toEqual(['p2\n', 'p3\n'])
  })

  test('the first jump host gone, all are lost with its name', async () => {
    const [p1, p2] = [link('p1'), link('p2')]
    await Promise.all([p1, p2].map(each => each.connect()))
    await lab().freeze('j1')
    await expect.poll(() => [p1.state, p2.state]).toEqual(['lost', 'lost'])
    const sentence = 'the jump host j1 was lost: it stopped answering'
    expect([p1.standing.reason, p2.standing.reason]).toEqual([sentence, sentence])
    await lab().thaw('j1')
    expect(await Promise.all([stdout(p1, 'hostname'), stdout(p2, 'hostname')])).toEqual(['p1\n', 'p2\n'])
  })
})
