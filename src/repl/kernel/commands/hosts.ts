import { examine } from '../../../engine/doctor/examine.js'
import { reportLines } from '../../../engine/doctor/report.js'
import { UsageError } from '../../../engine/errors.js'
import type { Fleet } from '../../../engine/fleet/api.js'
import { GUARDS, type Guard } from '../../../engine/inventory/spec.js'
import { foldNames, hostsText } from '../../../engine/nodeset/fold.js'
import { hostsMeant, markedBy } from '../../marked.js'
import { factsOf, factsTable } from '../facts-table.js'
import { refuseToCutOff } from '../losses.js'
import { type ColonCommands, type CommandContext, text } from './colon-command.js'

/** Which hosts a command is about. */
const HOSTS = 'PATTERN|GROUP|failed|changed|unreachable|sel'

/** The hosts that an argument means, by the same words in every command. @throws {UsageError} no such host */
const meant = (argument: string, { globals, workspace }: CommandContext): readonly string[] =>
  hostsMeant(argument, workspace.engine.universe, globals.bound)

/** The same as a fleet; without an argument, all hosts. */
function fleetMeant(argument: string, context: CommandContext): Fleet {
  const { fleet } = context.workspace.engine
  if (argument === '') return fleet
  const names = new Set(meant(argument, context))
  return fleet.where(host => names.has(host.name))
}

/** What is said of hosts and connections, and which are acted on. */
export const HOST_COMMANDS: ColonCommands = {
  focus: {
    usage: `[${HOSTS}]`,
    summary: 'Set the hosts that bare $, facts and operations act on; without one, all.',
    async run(argument, { globals, kernel }) {
      globals.setFocus(argument)
      kernel.emit({ type: 'session.focus', pattern: globals.pattern, hosts: globals.focus })
      return text(`focus ${globals.pattern}: ${hostsText(globals.focus)}`)
    },
  },
  mark: {
    usage: '[PATTERN|GROUP|none|failed|changed|unreachable]',
    summary:
      'Mark these hosts and no others: they are sel in code; +PATTERN adds to them, -PATTERN takes away; none for none.',
    async run(argument, { globals, kernel, workspace: { engine } }) {
      if (argument !== '') {
        globals.select(markedBy(argument, engine.universe, globals.bound))
        kernel.emit({ type: 'session.marked', hosts: globals.bound.sel })
      }
      const { sel } = globals.bound
      return text(sel.length === 0 ? 'no host is marked' : `marked, sel in code: ${hostsText(sel)}`)
    },
  },
  hosts: {
    usage: `[${HOSTS}]`,
    summary: 'List hosts with their state, address, groups and guard.',
    async run(argument, context) {
      const { engine } = context.workspace
      const rows = [...fleetMeant(argument, context)].map(host => [
        host.name,
        host.state,
        engine.machine(host.name).entry.connect.address ?? host.name,
        host.groups.join(' '),
        host.guard,
      ])
      return {
        kind: 'display',
        display: { kind: 'table', columns: ['host', 'state', 'address', 'groups', 'guard'], rows },
      }
    },
  },
  facts: {
    usage: `[${HOSTS}]`,
    summary:
      'Tell the usual facts of the hosts in focus, or of others: of several, what most have first, then who has what else.',
    async run(argument, context) {
      const hosts = argument === '' ? context.globals.focus : meant(argument, context)
      if (hosts.length === 0) throw new UsageError('There is no host to tell facts of.')
      return { kind: 'display', display: factsTable(await factsOf(context.workspace.engine, hosts)) }
    },
  },
  connect: {
    usage: `[${HOSTS}]`,
    summary: 'Connect hosts that are not connected.',
    async run(argument, context) {
      const results = await fleetMeant(argument, context).connect()
      const lost = results.unreachable
      return text(
        `${results.ok.size} of ${results.size} ready${lost.size > 0 ? `; unreachable: ${foldNames(lost.names)}` : ''}`,
      )
    },
  },
  disconnect: {
    usage: `[${HOSTS}]`,
    summary: 'Give connections up; the hosts are connected again at their next use, not by themselves.',
    destroys: true,
    async run(argument, context) {
      const { engine } = context.workspace
      if (!context.sure) refuseToCutOff(context.kernel, ':disconnect! gives the connections up')
      const hosts = argument === '' ? context.globals.focus : meant(argument, context)
      await Promise.all(hosts.map(name => engine.machine(name).link.disconnect()))
      return text(`disconnected ${hostsText(hosts)}`)
    },
  },
  doctor: {
    usage: `[${HOSTS}]`,
    summary: 'Tell how hosts are connected, phase by phase, and what to do where that fails.',
    async run(argument, context) {
      const { engine } = context.workspace
      const hosts = argument === '' ? context.globals.focus : meant(argument, context)
      const found = await Promise.all(
        hosts.map(name => {
          const { link, entry } = engine.machine(name)
          return examine(link, entry.connect)
        }),
      )
      return text(
        // in whole lines: whoever shows them knows how wide that is
        reportLines(found, Number.POSITIVE_INFINITY)
          .map(line => line.text)
          .join('\n'),
      )
    },
  },
  shell: {
    usage: `[${HOSTS}]`,
    summary:
      'Your shell on a host, until it ends; on several, such as the marked ones (sel), typed to all, answers folded.',
    async run() {
      throw new UsageError('A shell needs a terminal; without one, $ runs commands.')
    },
  },
  guard: {
    usage: `[open|confirm|count|readonly [${HOSTS}]]`,
    summary: 'Show or set what must be passed before hosts are changed.',
    async run(argument, context) {
      const { engine } = context.workspace
      const [wanted, ...pattern] = argument.split(/\s+/).filter(word => word !== '')
      if (wanted !== undefined) {
        const guard = GUARDS.find(each => each === wanted)
        if (!guard) throw new UsageError(`There is no guard ${wanted}; there are ${GUARDS.join(', ')}.`)
        const hosts = pattern.length === 0 ? context.globals.focus : meant(pattern.join(' '), context)
        engine.setGuard(hosts, guard)
        context.kernel.emit({ type: 'session.guarded', guard, hosts })
      }
      return text(guardsText(new Map([...engine.fleet].map(host => [host.name, host.guard]))))
    },
  },
}

function guardsText(guards: ReadonlyMap<string, Guard>): string {
  return GUARDS.map(guard => [guard, [...guards].filter(([, each]) => each === guard).map(([host]) => host)] as const)
    .filter(([, hosts]) => hosts.length > 0)
    .map(([guard, hosts]) => `${guard}: ${hostsText(hosts)}`)
    .join('\n')
}
