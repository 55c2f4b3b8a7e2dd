import { UsageError } from '../../engine/errors.js'
import { selectHosts } from '../../engine/nodeset/pattern.js'
import { historyDirectory, listSessions, type SessionPlace } from '../../journal/place.js'
import { type Keeping, prunable, removeRemains, removeSession } from '../../journal/prune.js'
import { readJournal } from '../../journal/read.js'
import { type AuditQuery, audit } from '../../repl/history/audit.js'
import { auditText } from '../../repl/history/audit-text.js'
import { type Output, processOutput } from '../output.js'

interface HistoryFlags {
  readonly host?: string
  readonly path?: string
  readonly about?: string
  readonly since?: number
  readonly until?: number
  readonly session?: string
  readonly json?: boolean
}

/** `muster history`: who changed what, from all sessions. */
export async function history({ host, path, about, json = false, ...query }: HistoryFlags): Promise<number> {
  if (path !== undefined && !path.startsWith('/'))
    throw new UsageError(
      `--path takes a path on the hosts, from /: not ${path}. Of packages, units and users --about tells.`,
    )
  const output = processOutput(json)
  const shown = await audit(historyDirectory(process.cwd()), {
    ...query,
    ...aboutOf(path ?? about),
    ...(host === undefined ? {} : { hosts: chosenBy(host) }),
  })
  if (!json) {
    output.data(auditText({ ...shown, problems: [] }, path ?? about))
  } else {
    for (const change of shown.changes) output.record({ type: 'change', ...change })
    for (const command of shown.commands) output.record({ type: 'command', ...command })
  }
  for (const problem of shown.problems) output.talk(output.talkPaint.yellow(problem))
  return shown.problems.length > 0 ? 1 : 0
}

const aboutOf = (about: string | undefined): { about?: string } => (about === undefined ? {} : { about })

/** The hosts of a pattern, which selects by name alone: no inventory is known. */
const chosenBy =
  (pattern: string): NonNullable<AuditQuery['hosts']> =>
  known =>
    new Set(selectHosts(known.length > 0 ? pattern : '*', { hosts: known, groups: new Map() }))

/** `muster history verify`: whether journals are what was written. */
export async function verify(name: string | undefined): Promise<number> {
  const output = processOutput(false)
  const places = placesOf(name)
  let broken = 0
  for (const place of places) if (!(await isWhole(place, output))) broken += 1
  if (places.length === 0) output.data('There are no sessions yet.')
  return broken > 0 ? 1 : 0
}

function placesOf(name: string | undefined): SessionPlace[] {
  const where = historyDirectory(process.cwd())
  const all = listSessions(where)
  if (name === undefined) return all
  const chosen = all.filter(({ session }) => session === name)
  if (chosen.length === 0) throw new UsageError(`There is no session ${name} in ${where}.`)
  return chosen
}

async function isWhole({ session, directory }: SessionPlace, output: Output): Promise<boolean> {
  let records = 0
  for await (const entry of readJournal(directory)) {
    if (entry.kind === 'torn') {
      output.data(
        `${session}: line ${entry.line} of ${entry.file} was cut off when its process was killed; what is before it is whole, ${records} records`,
      )
      return true
    }
    const fault =
      entry.kind === 'broken'
        ? entry.reason
        : await entry.restore().then(
            () => undefined,
            (error: unknown) => (error instanceof Error ? error.message : String(error)),
          )
    if (fault !== undefined) {
      const place = entry.kind === 'broken' ? `line ${entry.line} of ${entry.file}` : `record ${entry.seq}`
      output.data(
        output.paint.red(
          `${session}: broken at ${place}: ${fault.replace(/\.$/, '')}; ${records} records before it are whole`,
        ),
      )
      return false
    }
    records += 1
  }
  output.data(`${session}: whole, ${records} records`)
  return true
}

interface PruneFlags {
  readonly olderThan?: number
  readonly keep?: number
  readonly maxSize?: number
  readonly yes?: boolean
}

/** `muster history prune`: lists the sessions that would go; with `--yes`, removes them. */
export async function prune(flags: PruneFlags): Promise<number> {
  return pruneIn(historyDirectory(process.cwd()), flags, processOutput(false))
}

/** The same in any history. */
export function pruneIn(
  where: string,
  { olderThan, keep, maxSize, yes = false }: PruneFlags,
  output: Pick<Output, 'data' | 'talk'>,
): number {
  const keeping: Keeping = {
    ...(olderThan === undefined ? {} : { since: olderThan }),
    ...(keep === undefined ? {} : { most: keep }),
    ...(maxSize === undefined ? {} : { bytes: maxSize }),
  }
  if (Object.keys(keeping).length === 0)
    throw new UsageError('Say what is to go: --older-than 90d, --keep 50 or --max-size 2G.')
  if (yes) removeRemains(where)
  const chosen = prunable(where, keeping)
  const gone = yes ? chosen.filter(place => removeSession(where, place)) : chosen
  for (const { session, bytes } of gone) output.data(`${session}  ${sizeText(bytes)}`)
  const sum = `${gone.length} ${gone.length === 1 ? 'session' : 'sessions'}, ${sizeText(gone.reduce((all, { bytes }) => all + bytes, 0))}`
  if (!yes) {
    output.talk(
      gone.length === 0
        ? 'Nothing would go.'
        : `${sum} would go from ${where}, and with them :undo and :who of what they did; --yes removes them.`,
    )
    return 0
  }
  output.talk(gone.length === 0 ? 'Nothing to remove.' : `${sum} removed from ${where}.`)
  return 0
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  const unit = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)))
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit] ?? ''}`
}
