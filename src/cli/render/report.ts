import { hostsText } from '../../engine/nodeset/fold.js'
import type { DeployReport, HostReport } from '../../engine/run/deploy.js'
import { sanitise } from '../../engine/text/sanitise.js'
import { commonSentence, withoutAddress } from '../../engine/text/without-address.js'
import type { Paint } from './paint.js'

const WORDS: Readonly<Record<HostReport['status'], string>> = {
  changed: 'changed',
  same: 'same',
  'would-change': 'would change',
  unknown: 'unknown',
  failed: 'failed',
  'not-approved': 'not approved',
}

/** How a deploy ended, hosts with the same end on one line. */
export function reportLines(report: DeployReport, paint: Paint): string[] {
  const groups = new Map<string, { status: HostReport['status']; hosts: string[]; reasons: string[] }>()
  for (const [name, host] of report.hosts) {
    const reason = 'reason' in host && host.status !== 'not-approved' ? host.reason : ''
    const key = `${host.status} ${withoutAddress(reason)}`
    const group = groups.get(key)
    if (group) {
      group.hosts.push(name)
      group.reasons.push(reason)
    } else groups.set(key, { status: host.status, hosts: [name], reasons: [reason] })
  }
  const ordered = [...groups.values()].sort((a, b) => b.hosts.length - a.hosts.length)
  return ordered.map(({ status, hosts, reasons }) => {
    const reason = commonSentence(reasons)
    const told = reason === '' ? '' : `: ${sanitise(reason)}`
    return `${sign(status, paint)} ${WORDS[status].padEnd(12)} ${paint.bold(hostsText(hosts))}${told}`
  })
}

function sign(status: HostReport['status'], paint: Paint): string {
  switch (status) {
    case 'same':
      return paint.dim('=')
    case 'changed':
      return paint.green('●')
    case 'would-change':
      return paint.cyan('▸')
    case 'unknown':
      return paint.yellow('?')
    case 'not-approved':
      return paint.yellow('○')
    case 'failed':
      return paint.red('✗')
  }
}
