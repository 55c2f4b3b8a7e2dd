import { resolve } from 'node:path'
import { examine } from '../../engine/doctor/examine.js'
import { reportLines } from '../../engine/doctor/report.js'
import { UsageError } from '../../engine/errors.js'
import { GUARDS, type Guard } from '../../engine/inventory/spec.js'
import { foldNames, hostsText } from '../../engine/nodeset/fold.js'
import { suggest } from '../../engine/nodeset/pattern.js'
import type { DiffLine } from '../../engine/plan/diff.js'
import { cellLabel } from '../cells/cell-error.js'
import { definitionViews, operationNamed } from '../definitions.js'
import type { Reads } from '../export/constants.js'
import { proofText } from '../export/proof.js'
import { refuseWriteOver } from '../export/written-over.js'
import { audit } from '../history/audit.js'
import { auditText } from '../history/audit-text.js'
import { keysText } from '../keys/keymap.js'
import { markedBy } from '../marked.js'
import { NOTE } from '../notebook/prose.js'
import { compare, goTo, play, step, timelineText } from '../replay/commands.js'
import { recordedReport, reportFormat, reportText, writeReport } from '../report/write-report.js'
import { SETTINGS_USAGE, settingsText, withSetting } from '../settings/settings.js'
import { keepSettings, readSettings } from '../settings/settings-file.js'
import type { Workspace } from '../workspace.js'
import { type Exported, exportPath, exportSession } from './exported.js'
import { definitionHelp } from './help-text.js'
import type { Kernel } from './kernel.js'
import { refuseToCutOff, refuseToEndTasks } from './losses.js'
import type { KernelReply } from './messages.js'
import type { PromptGlobals } from './prompt-globals.js'
import { saveSession } from './saved.js'
import type { SessionLog } from './session-log.js'
import { undo } from './undo.js'

/** What a colon command works on. */
export interface CommandContext {
  readonly kernel: Kernel
  readonly workspace: Workspace
  readonly globals: PromptGlobals
  readonly log: SessionLog
  /** It was written with a `!`: what it would destroy may go. */
  readonly sure: boolean
}

interface ColonCommand {
  /** What follows the name: `[PATTERN]`. */
  readonly usage: string
  readonly summary: string
  /** It may destroy something, and then refuses unless it is written with a `!`. */
  readonly destroys?: true
  run(argument: string, context: CommandContext): Promise<KernelReply>
}

const text = (value: string): KernelReply => ({ kind: 'text', text: value })

/** Every colon command, by name. */
export const COLON_COMMANDS: Readonly<Record<string, ColonCommand>> = {
  focus: {
    usage: '[PATTERN|GROUP|failed|changed|unreachable|sel]',
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
    usage: '[PATTERN]',
    summary: 'List hosts with their state, address, groups and guard.',
    async run(argument, { workspace }) {
      const { engine } = workspace
      const fleet = argument === '' ? engine.fleet : engine.fleet.match(argument)
      const rows = [...fleet].map(host => [
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
  connect: {
    usage: '[PATTERN]',
    summary: 'Connect hosts that are not connected.',
    async run(argument, { workspace }) {
      const fleet = argument === '' ? workspace.engine.fleet : workspace.engine.fleet.match(argument)
      const results = await fleet.connect()
      const lost = results.unreachable
      return text(
        `${results.ok.size} of ${results.size} ready${lost.size > 0 ? `; unreachable: ${foldNames(lost.names)}` : ''}`,
      )
    },
  },
  disconnect: {
    usage: '[PATTERN]',
    summary: 'Give connections up; the hosts are connected again at their next use, not by themselves.',
    destroys: true,
    async run(argument, { kernel, workspace: { engine }, globals, sure }) {
      if (!sure) refuseToCutOff(kernel, ':disconnect! gives the connections up')
      const hosts = argument === '' ? globals.focus : engine.fleet.match(argument).names
      await Promise.all(hosts.map(name => engine.machine(name).link.disconnect()))
      return text(`disconnected ${hostsText(hosts)}`)
    },
  },
  doctor: {
    usage: '[PATTERN]',
    summary: 'Tell how hosts are connected, phase by phase, and what to do where that fails.',
    async run(argument, { workspace: { engine }, globals }) {
      const hosts = argument === '' ? globals.focus : engine.fleet.match(argument).names
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
    usage: '[PATTERN|sel]',
    summary:
      'Your shell on a host, until it ends; on several, such as the marked ones (sel), typed to all, answers folded.',
    async run() {
      throw new UsageError('A shell needs a terminal; without one, $ runs commands.')
    },
  },
  guard: {
    usage: '[open|confirm|count|readonly [PATTERN]]',
    summary: 'Show or set what must be passed before hosts are changed.',
    async run(argument, { workspace: { engine }, globals }) {
      const [wanted, ...pattern] = argument.split(/\s+/).filter(word => word !== '')
      if (wanted !== undefined) {
        const guard = GUARDS.find(each => each === wanted)
        if (!guard) throw new UsageError(`There is no guard ${wanted}; there are ${GUARDS.join(', ')}.`)
        engine.setGuard(pattern.length === 0 ? globals.focus : engine.fleet.match(pattern.join(' ')).names, guard)
      }
      return text(guardsText(new Map([...engine.fleet].map(host => [host.name, host.guard]))))
    },
  },
  retry: {
    usage: '',
    summary: 'Run the last cell again on the hosts that failed or were unreachable.',
    async run(_, { kernel, globals }) {
      await kernel.retry([...globals.last.failed, ...globals.last.unreachable])
      return text('')
    },
  },
  undo: {
    usage: '[CELL|all|SESSION|SESSION/CELL]',
    summary: 'Take back what the last cell that changed hosts did, or that cell or session, as a plan with a diff.',
    async run(argument, { kernel, workspace: { engine }, log }) {
      await undo(argument, {
        kernel,
        history: log.history,
        session: log.session,
        operationNamed,
        hosts: new Set(engine.universe.hosts),
        takeBack: calls => engine.takeBack(calls),
      })
      return text('') // the cell has shown it
    },
  },
  because: {
    usage: '[TEXT]',
    summary: 'Say why: what is changed from here on is recorded with this reason; without TEXT, no reason any more.',
    async run(argument, { kernel }) {
      kernel.emit({ type: 'session.reason', text: argument })
      return text(argument === '' ? 'no reason is recorded any more' : `recorded with what follows: ${argument}`)
    },
  },
  report: {
    usage: 'FILE',
    summary: 'Write this session as a page to read: FILE ends in .html, .md, .ipynb or .json.',
    destroys: true,
    async run(argument, { log, workspace: { engine }, sure }) {
      if (argument === '') throw new UsageError('Name the file to write: :report fix-ntp.html.')
      const format = reportFormat(argument)
      writeReport(
        resolve(engine.directory, argument),
        reportText(await recordedReport(log.session, engine.directory), format),
        sure ? {} : { over: log.session },
      )
      return text(`wrote ${argument}`)
    },
  },
  who: {
    usage: '[PATH|NAME]',
    summary: 'Say who changed a file, package, unit or user, when, how and why, from all sessions.',
    async run(argument, { log, globals }) {
      const found = await audit(
        log.history,
        argument === '' ? { hosts: () => new Set(globals.focus) } : { about: argument },
      )
      return text(auditText(found, argument).join('\n'))
    },
  },
  note: {
    usage: 'TEXT',
    summary: 'Write prose between the cells, in Markdown: it is saved with them.',
    async run(argument, { kernel }) {
      if (argument === '') throw new UsageError('Write the text behind it: :note Why the clocks differ.')
      await kernel.asCell(`${NOTE}${argument}`, async () => undefined)
      return text('')
    },
  },
  save: {
    usage: '[NAME]',
    summary:
      'Write the session as a notebook under history/, or add it to the one that is open; a module that you can edit and run again.',
    async run(argument, { kernel, log, workspace: { engine, inventory }, globals }) {
      const { hosts, groups } = engine.universe
      const path = await saveSession(log, argument, {
        inventory: inventory.source,
        focus: globals.pattern,
        focused: globals.focus,
        ...{ hosts, groups, directory: engine.directory, beside: kernel.notebook, wrote: kernel.wrote },
      })
      return text(`saved ${path}`)
    },
  },
  open: {
    usage: 'NAME',
    summary: 'Open a saved notebook beside the session: its cells are shown, and run only by :run.',
    async run(argument, { kernel }) {
      if (argument === '') throw new UsageError('Name the notebook to open: :open fix-ntp.')
      await kernel.openNotebook(argument)
      return text('')
    },
  },
  run: {
    usage: '[N|from N|rest|all]',
    summary:
      'Run the next cell of the open notebook, cell N, or several: these stop before a cell that may change hosts, which :run then runs.',
    async run(argument, { kernel }) {
      if (!kernel.notebook) throw new UsageError('No notebook is open; :open NAME opens one.')
      return { kind: 'run', ...kernel.notebook.take(argument) }
    },
  },
  'run!': {
    usage: '[CODE]',
    summary:
      'Run CODE in spite of its type errors; without it, the cell that was refused last. F5 does so with the draft.',
    run: async () => ({ kind: 'run anyway' }),
  },
  export: {
    usage: 'FILE [conditions|constants]',
    summary:
      'Write what this session changed as a deploy module, and prove it: planned on these hosts it finds nothing to do.',
    destroys: true,
    async run(argument, { kernel, log, workspace, sure }) {
      const [file, said, ...more] = argument.split(/\s+/).filter(word => word !== '')
      if (file === undefined) throw new UsageError('Name the file to write: :export deploy.ts.')
      const reads = READS.find(each => each === said)
      if (more.length > 0 || (said !== undefined && reads === undefined))
        throw new UsageError(
          `After the file comes conditions or constants: what becomes of reads that decide. Not ${[said, ...more].join(' ')}.`,
        )
      const live = { sources: sourcesOf(kernel), valueOf: kernel.valueOf }
      const { engine } = workspace
      const path = exportPath(engine.directory, file)
      refuseWriteOver(path, file, { session: log.session, sure })
      await kernel.asCell(`:export ${argument}`, async signal => {
        const exported = await exportSession(path, reads, log, workspace, live, signal)
        return 'choice' in exported ? choiceText(file, exported.choice) : exportedText(exported)
      })
      return text('')
    },
  },
  set: {
    usage: SETTINGS_USAGE,
    summary: 'Show or set what counts for all of your sessions: colours, signs, the keys of prompt and screen.',
    async run(argument, { kernel }) {
      const [name, value, ...keys] = argument.split(/\s+/).filter(word => word !== '')
      if (name === 'key' && keys.length === 0) return text(keysText(readSettings().keys, value))
      if (name === undefined || value === undefined) return text(settingsText(readSettings()))
      const settings = withSetting(readSettings(), name, [value, ...keys].join(' '))
      keepSettings(settings)
      kernel.emit({ type: 'session.settings', settings })
      return text(name === 'key' ? keysText(settings.keys, value) : `${name} ${value}`)
    },
  },
  tasks: {
    usage: '',
    summary: 'List what cells left running: timers, servers, sockets, processes.',
    async run(_, { kernel }) {
      const all = kernel.left.all()
      if (all.length === 0) return text('Nothing that a cell started is running.')
      const rows = all.map(({ id, cell, what, place, since }) => [
        String(id),
        cellLabel(cell),
        what,
        place ?? '',
        `${Math.round((Date.now() - since) / 1000)} s`,
      ])
      return { kind: 'display', display: { kind: 'table', columns: ['task', 'by', 'what', 'at', 'for'], rows } }
    },
  },
  stop: {
    usage: 'TASK|all',
    summary: 'Stop something that a cell left running, by its number in :tasks, or all of it.',
    async run(argument, { kernel }) {
      const running = kernel.left.all()
      const chosen = argument === 'all' ? running : running.filter(({ id }) => String(id) === argument)
      if (chosen.length === 0)
        throw new UsageError(
          argument === ''
            ? 'Say what to stop: :stop 3, or :stop all.'
            : `There is no task ${argument}; :tasks lists them.`,
        )
      for (const { id } of chosen) kernel.left.stop(id)
      return text(chosen.map(({ id, what }) => `stopped ${id}: ${what}`).join('\n'))
    },
  },
  restart: {
    usage: '',
    summary: 'Start the kernel anew: declarations and reads come back, what changed hosts is never run again.',
    destroys: true,
    async run(_, { kernel, sure }) {
      if (!sure) refuseToCutOff(kernel, ':restart! starts the kernel anew')
      return { kind: 'restart', sure }
    },
  },
  timeline: {
    usage: '',
    summary: 'In a replay: the cells of the session, which moment it is, and what was asked that is not recorded.',
    run: async (_, { kernel }) => text(timelineText(kernel.inReplay())),
  },
  at: {
    usage: 'CELL|HH:MM|start|end',
    summary: 'In a replay: go to the end of a cell, or to a time; facts and commands answer as they did by then.',
    run: async (argument, { kernel }) => text(goTo(argument, kernel.inReplay())),
  },
  next: {
    usage: '',
    summary: 'In a replay: one cell on.',
    run: async (_, { kernel }) => text(step(1, kernel.inReplay())),
  },
  back: {
    usage: '',
    summary: 'In a replay: one cell back.',
    run: async (_, { kernel }) => text(step(-1, kernel.inReplay())),
  },
  play: {
    usage: '[SPEED]',
    summary: 'In a replay: what follows, as it happened, SPEED times as fast; Ctrl-C stops.',
    run: async (argument, { kernel }) => text(await play(argument, kernel.inReplay())),
  },
  compare: {
    usage: 'CELL CELL [HOST] | HOST HOST',
    summary: 'In a replay: what differs of facts and files between two moments, or two hosts.',
    run: async (argument, { kernel }) => text(compare(argument, kernel.inReplay())),
  },
  help: {
    usage: '[COMMAND|DEFINITION]',
    summary: 'Say what the colon commands do, or what a fact or an operation is; NAME? says so of anything.',
    async run(argument) {
      const asked = argument.replace(/^:/, '').replace(/(?<!^run)!$/, '')
      const chosen = Object.entries(COLON_COMMANDS).filter(([name]) => asked === '' || name === asked)
      if (chosen.length === 0) return text(definitionHelp(asked, definitionViews()))
      const width = Math.max(...chosen.map(([name, { usage }]) => name.length + usage.length)) + 4
      return text(
        chosen
          .map(([name, { usage, summary, destroys }]) => {
            const written = `:${name}${destroys ? '[!]' : ''} ${usage}`
            return `${written.padEnd(Math.min(width, 34))} ${summary}`
          })
          .join('\n'),
      )
    },
  },
  quit: {
    usage: '',
    summary: 'End the session; everything is in the journal.',
    destroys: true,
    async run(_, { kernel, sure }) {
      if (!sure) {
        refuseToCutOff(kernel, ':quit! ends the session')
        refuseToEndTasks(kernel, ':quit! ends the session')
      }
      return { kind: 'quit' }
    },
  },
}

/**
 * Runs a colon command, given without its colon; a name may be shortened as far as it stays clear. One that would destroy something
 * says what, and does it when it is written with a `!`.
 *
 * @throws {UsageError} when there is no such command, or it cannot do what is asked.
 */
export async function runCommandLine(line: string, context: Omit<CommandContext, 'sure'>): Promise<KernelReply> {
  const [, written = '', argument = ''] = /^\s*(\S*)\s*([\s\S]*?)\s*$/.exec(line) ?? []
  const sure = written.endsWith('!') && !Object.hasOwn(COLON_COMMANDS, written)
  const [name, command] = commandNamed(sure ? written.slice(0, -1) : written)
  if (sure && !command.destroys) throw new UsageError(`:${name} destroys nothing: write it without the !.`)
  return command.run(argument, { ...context, sure })
}

/** The command of a name, which may be shortened. @throws {UsageError} */
function commandNamed(name: string): readonly [string, ColonCommand] {
  const commands = Object.entries(COLON_COMMANDS)
  const exact = commands.filter(([each]) => each === name)
  const matching = exact.length > 0 ? exact : commands.filter(([each]) => name !== '' && each.startsWith(name))
  const [only] = matching
  if (only && matching.length === 1) return only
  throw new UsageError(
    matching.length > 1
      ? `:${name} may be ${matching.map(([each]) => `:${each}`).join(' or ')}.`
      : `There is no command :${name}${suggest(name, Object.keys(COLON_COMMANDS), ':').replace(/\.$/, '; :help lists them.')}`,
  )
}

/** What was typed in this process, secrets and all: it stays in it. */
function sourcesOf({ ran }: Kernel): ReadonlyMap<number, string> {
  return new Map(ran.map(({ cell, source }) => [cell, source]))
}

const READS: readonly Reads[] = ['conditions', 'constants']

/** How reads that decide are shown to whoever is to say what becomes of them. */
function choiceText(file: string, choice: readonly DiffLine[]): string {
  return [
    'Nothing is written yet: what hosts answered decides in this deploy. It can be asked each time (-), or be written down (+):',
    ...choice.map(({ sign, text }) => (sign === '@' ? `@@ ${text} @@` : `${sign} ${text}`)),
    `:export ${file} conditions asks each time, :export ${file} constants writes it down.`,
  ].join('\n')
}

function exportedText({ path, proof, notes }: Exported): string {
  return [`exported ${path}`, proofText(proof), ...notes].join('\n')
}

function guardsText(guards: ReadonlyMap<string, Guard>): string {
  return GUARDS.map(guard => [guard, [...guards].filter(([, each]) => each === guard).map(([host]) => host)] as const)
    .filter(([, hosts]) => hosts.length > 0)
    .map(([guard, hosts]) => `${guard}: ${hostsText(hosts)}`)
    .join('\n')
}
