import { pathsOf, thingNames } from './dependents.js'
import type { RecordedChange, RecordedCommand } from './recorded-changes.js'
import { readChanges } from './sessions.js'

/** Which changes are asked for; what is left out does not count. */
export interface AuditQuery {
  /** Chosen among all hosts that sessions ever did something on. */
  readonly hosts?: (known: readonly string[]) => ReadonlySet<string>
  /** A path (with all below it), or the name of a package, unit, user or operation. */
  readonly about?: string
  /** Milliseconds since the epoch. */
  readonly since?: number
  readonly until?: number
  readonly session?: string
}

/** What was done, from all sessions, oldest first. */
export interface Audit {
  readonly changes: readonly RecordedChange[]
  /** Commands that speak of what was asked about: they may have altered it. */
  readonly commands: readonly RecordedCommand[]
  readonly problems: readonly string[]
}

/** Looks through the journals of a history. */
export async function audit(history: string, query: AuditQuery): Promise<Audit> {
  const { changes, commands, problems } = await readChanges(history)
  const { about, session, since = 0, until = Number.POSITIVE_INFINITY } = query
  const known = [...new Set([...changes.map(({ host }) => host), ...commands.flatMap(command => command.hosts)])]
  const hosts = query.hosts?.(known)
  const inTime = ({ at }: { readonly at: number }): boolean => at >= since && at <= until
  return {
    problems,
    changes: changes.filter(
      change =>
        inTime(change) &&
        (session === undefined || change.session === session) &&
        (!hosts || hosts.has(change.host)) &&
        (about === undefined || isAbout(change, about)),
    ),
    commands: commands
      .map(command => ({ ...command, hosts: command.hosts.filter(host => !hosts || hosts.has(host)) }))
      .filter(
        command =>
          inTime(command) &&
          (session === undefined || command.session === session) &&
          command.hosts.length > 0 &&
          (about === undefined || speaksOf(command.text, about)),
      ),
  }
}

function isAbout(change: RecordedChange, about: string): boolean {
  if (!about.startsWith('/')) return thingNames(change).includes(about) || change.operation.split(' ').includes(about)
  const place = about.replace(/\/+$/, '')
  return pathsOf(change).some(path => path === place || path.startsWith(`${place}/`))
}

/** Whether a command has it as a word, or a path below it. */
function speaksOf(text: string, about: string): boolean {
  const place = about.replace(/(.)\/+$/, '$1')
  return text
    .split(/[\s'"=;:|&<>()]+/)
    .some(word => word === place || (place.startsWith('/') && word.startsWith(`${place}/`)))
}
