import { group, lineChange, SimulatedSession } from './simulated-session.js'

/** A fleet in the middle of a day: cells that have ended, one that waits for approval. */
export function approvalScene(): SimulatedSession {
  const session = new SimulatedSession()
  const hosts = session.start({ web: 12, db: 3, edge: 25 })
  session.ready(hosts.filter(host => host !== 'web-7' && host !== 'edge-9'))
  session.emit(
    { type: 'host.state', host: 'edge-9', state: 'failed', ms: 10_000, reason: 'no answer at 10.0.0.8:22 within 10 s' },
    { type: 'host.state', host: 'web-7', state: 'kex', ms: 20 },
  )
  const web = hosts.filter(host => host.startsWith('web'))
  session.emit({ type: 'session.focus', pattern: '@web', hosts: web })
  session.cell('$`uname -r`', {
    kind: 'results',
    of: 'command',
    groups: [group(web.slice(0, 11), '6.1.0-28-amd64', 0), group(web.slice(11), '5.10.0-33-amd64', 0)],
  })
  session.cell('$`systemctl is-active ntp`', {
    kind: 'results',
    of: 'command',
    groups: [
      group(web.slice(0, 8), 'active', 0),
      group(web.slice(8, 11), 'Failed to get unit file state for ntp.service:\nNo such file or directory', 1),
      { ...group(web.slice(11), 'no answer within 10 s'), status: 'unreachable' },
    ],
  })
  const os = (version: string, codename: string) =>
    `{\n  family: 'debian',\n  version: '${version}',\n  codename: '${codename}'\n}`
  session.cell('facts.server.os()', {
    kind: 'results',
    of: 'value',
    groups: [
      group([...web.slice(0, 6), ...web.slice(7)], os('12.9', 'bookworm')),
      group(web.slice(6, 7), os('11.11', 'bullseye')),
    ],
  })
  const cell = session.startCell("await files.line({\n  path: '/etc/ntp.conf',\n  line: 'server new.example',\n})", web)
  session.askFor(cell, {
    operation: 'files.line',
    label: 'files.line /etc/ntp.conf',
    groups: [
      { hosts: web.slice(11), outcome: 'unknown', changes: [], reason: 'depends on what line 2 changes' },
      {
        hosts: web.slice(0, 8),
        outcome: 'change',
        changes: [lineChange('/etc/ntp.conf', 'server old.example', 'server new.example')],
      },
      {
        hosts: web.slice(8, 9),
        outcome: 'change',
        changes: [lineChange('/etc/ntp.conf', '#server old.example', 'server new.example')],
      },
      { hosts: web.slice(9, 11), outcome: 'same', changes: [] },
    ],
  })
  return session
}

/** Three hosts, right after the start. */
export function firstScene(): SimulatedSession {
  const session = new SimulatedSession()
  session.ready(session.start({ demo: 3 }))
  return session
}
