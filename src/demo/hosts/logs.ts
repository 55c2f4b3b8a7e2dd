import type { DemoFile } from './demo-file.js'
import type { HostPlan } from './fleet-plan.js'

const MINUTE = 60_000

/** Logs of the last minutes before `now`, every host's with its own tale. */
export function logFiles(plan: HostPlan, now: Date): readonly DemoFile[] {
  const before = (minutes: number) => new Date(now.getTime() - minutes * MINUTE).toISOString()
  const syslog = (minutes: number, text: string) => `${before(minutes)} ${plan.name} ${text}\n`
  const system: DemoFile = {
    path: '/var/log/syslog',
    mode: '0640',
    content: [
      syslog(58, 'cron[311]: (root) CMD (find /var/tmp -type f -mtime +30 -delete)'),
      syslog(41, 'ntpd[287]: Listen normally on 2 eth0'),
      plan.name === 'web-2'
        ? syslog(40, 'ntpd[287]: error resolving pool old.demo.example: Name or service not known')
        : '',
      plan.role === 'db' ? syslog(22, 'postgres[402]: checkpoint complete: wrote 114 buffers') : '',
      syslog(3, 'sshd[512]: Server listening on 0.0.0.0 port 22.'),
    ].join(''),
  }
  if (plan.role === 'db') return [system]
  return [system, { path: '/var/log/nginx/access.log', content: accessLog(plan, before) }]
}

/** Forty requests; on web-3 one in five fails. */
function accessLog(plan: HostPlan, before: (minutes: number) => string): string {
  return Array.from({ length: 40 }, (_, index) => {
    const status = plan.name === 'web-3' && index % 5 === 0 ? 502 : 200
    return `192.0.2.${10 + (index % 7)} - - [${before(40 - index)}] "GET /item/${index} HTTP/1.1" ${status} ${120 + index}\n`
  }).join('')
}
