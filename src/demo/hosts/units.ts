import type { DemoFile } from './demo-file.js'
import type { HostPlan, Role } from './fleet-plan.js'
import { SYSTEMCTL, UNIT_FILES, UNIT_STATES } from './systemctl.js'

interface DemoUnit {
  readonly name: string
  readonly description: string
  readonly start: string
  /** On which hosts it is; default: on every one. */
  readonly roles?: readonly Role[]
  /** What it is at first; default: active. */
  readonly state?: 'inactive' | 'failed'
  /** Whether it starts with the host; default: as it is active. */
  readonly enabled?: boolean
}

const UNITS: readonly DemoUnit[] = [
  { name: 'cron.service', description: 'Regular background program processing daemon', start: '/usr/sbin/cron -f' },
  { name: 'ntp.service', description: 'Network Time Service', start: '/usr/sbin/ntpd -n' },
  { name: 'rsyslog.service', description: 'System Logging Service', start: '/usr/sbin/rsyslogd -n' },
  { name: 'ssh.service', description: 'OpenBSD Secure Shell server', start: '/usr/sbin/sshd -D' },
  { name: 'apt-daily.timer', description: 'Daily apt download activities', start: '' },
  {
    name: 'nginx.service',
    description: 'A high performance web server and a reverse proxy server',
    start: '/usr/sbin/nginx',
    roles: ['web', 'edge'],
  },
  {
    name: 'postgresql.service',
    description: 'PostgreSQL RDBMS',
    start: '/usr/lib/postgresql/15/bin/postgres',
    roles: ['db'],
  },
  {
    name: 'db-dump.service',
    description: 'Dump of all databases',
    start: '/usr/bin/pg_dumpall',
    roles: ['db'],
    state: 'inactive',
    enabled: false,
  },
]

/** Nobody has looked after web-3: what once measured it fails at every start. */
const FORGOTTEN: DemoUnit = {
  name: 'old-metrics.service',
  description: 'Metrics to the old monitoring',
  start: '/opt/metrics/agent',
  state: 'failed',
  enabled: true,
}

/** A host's units (systemd.unit(5)), what they are at first, and the `systemctl` that keeps it. */
export function unitFiles({ name: host, role }: HostPlan): readonly DemoFile[] {
  const units = [
    ...UNITS.filter(({ roles }) => roles === undefined || roles.includes(role)),
    ...(host === 'web-3' ? [FORGOTTEN] : []),
  ]
  return [
    { path: '/usr/local/bin/systemctl', content: SYSTEMCTL, mode: '0755' },
    { path: '/run/systemd/system/.keep', content: '' },
    ...units.flatMap(({ name, description, start, state, enabled = state === undefined }) => [
      { path: `${UNIT_FILES}/${name}`, content: unitText(description, start) },
      ...(state === 'inactive' ? [] : [{ path: `${UNIT_STATES}/${name}`, content: `${state ?? 'active'}\n` }]),
      ...(enabled
        ? [{ path: `${UNIT_FILES}/multi-user.target.wants/${name}`, content: unitText(description, start) }]
        : []),
    ]),
  ]
}

function unitText(description: string, start: string): string {
  const what = start === '' ? '[Timer]\nOnCalendar=daily' : `[Service]\nExecStart=${start}`
  return `[Unit]\nDescription=${description}\n\n${what}\n\n[Install]\nWantedBy=multi-user.target\n`
}
