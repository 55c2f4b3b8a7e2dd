import { resolve } from 'node:path'
import { UsageError } from '../../../engine/errors.js'
import { mergePlans } from '../../../engine/plan/merge.js'
import { operationNamed } from '../../definitions.js'
import { audit } from '../../history/audit.js'
import { auditText } from '../../history/audit-text.js'
import { PLAIN_PAINT } from '../../paint.js'
import { planLines } from '../../plan-lines.js'
import { recordedReport, reportFormat, reportText, writeReport } from '../../report/write-report.js'
import { undo } from '../undo.js'
import { type ColonCommands, text } from './colon-command.js'

/** What is done about changes, and what is told of them. */
export const CHANGE_COMMANDS: ColonCommands = {
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
  plan: {
    usage: '[CELL]',
    summary: 'Show what a cell planned, with its diffs; without CELL, the last one that planned something.',
    async run(argument, { log }) {
      const planned = log.records.flatMap(record => (record.type === 'plan' ? [record] : []))
      const cell = argument === '' ? planned.at(-1)?.cell : Number(argument)
      const plans = mergePlans(planned.filter(record => record.cell === cell).map(({ plan }) => plan))
      if (plans.length === 0)
        throw new UsageError(
          argument === '' ? 'Nothing has been planned in this session.' : `Cell ${argument} has planned nothing.`,
        )
      return text(plans.flatMap(plan => planLines(plan, PLAIN_PAINT, { diff: true })).join('\n'))
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
}
