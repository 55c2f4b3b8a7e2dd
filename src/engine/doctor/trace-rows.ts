import type { Phase } from '../connect/connector.js'
import type { ConnectTrace, TraceNote } from '../connect/trace.js'

/** A name and what stands beside it; several rows may have the same name. */
export type Row = readonly [name: string, value: string]

/**
 * Everything worth saying of an attempt to connect, in the order in which it happened.
 *
 * @param timed with the milliseconds, which are different for every host.
 */
export function traceRows(trace: ConnectTrace, timed: boolean): Row[] {
  const rows = saidOnce(trace.notes.map(note => rowOf(note, timed)))
  if (!timed) return rows
  const queued = `${msText(trace.queued)} for its turn among the hosts connecting`
  return [['phases', phasesText(trace)], ...rows, ...(trace.queued >= 1 ? ([['queued', queued]] as const) : [])]
}

/** An attempt that began again learns the same again. */
function saidOnce(rows: readonly Row[]): Row[] {
  const times = new Map<string, number>()
  for (const row of rows) times.set(row.join('\n'), (times.get(row.join('\n')) ?? 0) + 1)
  return rows.flatMap(([name, value]): Row[] => {
    const count = times.get(`${name}\n${value}`) ?? 0
    times.set(`${name}\n${value}`, 0)
    if (count === 0) return []
    return [[name, count === 1 ? value : `${value} (${count} times)`]]
  })
}

/** `resolving 0.4 · tcp 1 · kex 21 · auth 12 · shell 6 ms`; where it failed, the last one has a ✗. */
export function phasesText(trace: ConnectTrace): string {
  const phases = [...phaseTimes(trace)]
  if (phases.length === 0) return trace.outcome === 'failed' ? '✗ before the first' : 'none: nothing to connect'
  return `${phases
    .map(([phase, ms], at) => {
      const mark = trace.outcome === 'failed' && at === phases.length - 1 ? '✗ ' : ''
      return `${mark}${phase} ${figure(ms)}`
    })
    .join(' · ')} ms`
}

/** Milliseconds in each phase; an attempt that began again has been in some of them more than once. */
export function phaseTimes({ phases }: ConnectTrace): Map<Phase, number> {
  const times = new Map<Phase, number>()
  for (const { phase, ms } of phases) {
    const before = times.get(phase) ?? 0
    times.delete(phase)
    times.set(phase, before + ms)
  }
  return times
}

function rowOf(note: TraceNote, timed: boolean): Row {
  switch (note.kind) {
    case 'remark':
      return ['note', note.text]
    case 'connector':
      return ['connector', `${note.name}: ${note.why}`]
    case 'address':
      return [
        'address',
        [note.address, note.failure === undefined ? [] : `✗ ${note.failure}`, timed ? msText(note.ms) : []]
          .flat()
          .join(' '),
      ]
    case 'server':
      return ['server', note.version]
    case 'algorithms':
      return ['algorithms', [note.kex, note.hostKey, note.cipher, note.mac ?? []].flat().join(' · ')]
    case 'host-key':
      return ['host key', `${note.type} ${note.fingerprint} ${trustText(note)}`]
    case 'key':
      return [
        'key',
        `${note.origin} ${note.type} ${note.fingerprint} → ${note.answer}${note.why === undefined ? '' : ` (${note.why})`}`,
      ]
    case 'method':
      return ['method', `${note.method} → ${note.answer}`]
    case 'methods':
      return ['takes', note.left.length === 0 ? 'no other method' : note.left.join(', ')]
    case 'refusal':
      return ['it says', note.text]
    case 'retry':
      return ['turned away', `${note.why}; tried again${timed ? ` after ${msText(note.pause)}` : ''}`]
    case 'banner':
      return ['banner', note.text]
    case 'jump':
      return ['through', jumpText(note.trace, timed)]
  }
}

function trustText({ trust, file, line }: Extract<TraceNote, { kind: 'host-key' }>): string {
  const place = file === undefined ? '' : line === undefined ? file : `${file}:${line}`
  switch (trust) {
    case 'known':
      return place === '' ? 'known' : `known by ${place}`
    case 'added':
      return place === '' ? 'new, accepted' : `new, added to ${place}`
    case 'distrusted':
      return `NOT the known one${place === '' ? '' : ` (${place})`}, let pass by StrictHostKeyChecking no`
    case 'refused':
      return `refused${place === '' ? '' : ` (${place})`}`
  }
}

/** A jump host in one line: its own jump hosts first, then its phases, and its reason when it failed. */
function jumpText(trace: ConnectTrace, timed: boolean): string {
  const before = trace.notes.flatMap(note => (note.kind === 'jump' ? [jumpText(note.trace, timed)] : []))
  const server = trace.notes.find(note => note.kind === 'server')
  const own = [
    trace.host,
    ...(timed ? [phasesText(trace)] : []),
    ...(server ? [server.version] : []),
    ...(trace.reason === undefined ? [] : [`✗ ${trace.reason}`]),
  ].join('  ')
  return [...before, own].join(' → ')
}

export function msText(ms: number): string {
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${figure(ms)} ms`
}

/** One figure after the point where it says something. */
export function figure(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms))
}
