import type { CellEnd } from '../../repl/protocol.js'
import { truncate, widthOf } from '../text/width.js'
import { hostCount } from './group-row.js'
import { hostLine } from './host-text.js'

/**
 * How a cell ended, in a few words.
 *
 * @param width columns there are for them
 */
export function endText(end: CellEnd, width: number): string {
  const short = inWords(end, false)
  const long = inWords(end, true)
  return widthOf(long) <= width ? long : truncate(short, width, '…')
}

function inWords(end: CellEnd, all: boolean): string {
  switch (end.kind) {
    case 'error':
      return `✗ ${hostLine(end.error.message)}`
    case 'refused':
      return '✗ not run'
    case 'interrupted':
      return '■ interrupted'
    case 'declined':
      return '– declined'
    case 'ok':
      break
  }
  const { value } = end
  switch (value.kind) {
    case 'nothing':
      return ''
    case 'text':
      return hostLine(value.text.trim().split('\n')[0] ?? '')
    case 'fleet':
      return hostCount(value.hosts.length).trim()
    case 'table':
      return value.rows.length === 1 ? '1 row' : `${value.rows.length} rows`
    case 'results': {
      const hosts = value.groups.flatMap(group => group.hosts)
      const bad = value.groups.filter(({ status }) => status !== 'ok').flatMap(group => group.hosts)
      const groups = value.groups.length === 1 || !all ? '' : ` in ${value.groups.length} groups`
      return `${bad.length > 0 ? `✗ ${bad.length} of ` : ''}${hostCount(hosts.length).trim()}${groups}`
    }
  }
}
