import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { crontab as crontabFact } from '../../facts/server.js'
import { change } from '../change.js'
import { editEntry } from './edit-crontab.js'

const field = z
  .union([z.string().regex(/^[0-9A-Za-z*/,-]+$/, 'expected a number, a list, a range or *'), z.int().nonnegative()])
  .transform(String)
const when = (what: string) => field.default('*').describe(`${what}, as crontab(5) has it.`)

const args = z.strictObject({
  command: z
    .string()
    .regex(/^[^\s#][^\n]*$/, 'expected a command of one line')
    .describe('The command; an entry that has it already is the one that is changed.'),
  present: z.boolean().default(true).describe('Whether the entry is to be there.'),
  minute: when('Minute'),
  hour: when('Hour'),
  day: when('Day of the month'),
  month: when('Month'),
  weekday: when('Day of the week'),
  special: z
    .enum(['@reboot', '@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'])
    .optional()
    .describe('Instead of the five times: a word such as @daily.'),
  user: z
    .string()
    .min(1)
    .meta({ names: 'user' })
    .optional()
    .describe('Whose crontab. Default: that of the user commands run as.'),
})

/**
 * A crontab has an entry for a command, at these times, or has none.
 *
 * @example
 * await db.server.crontab({ command: '/usr/local/bin/backup', minute: '0', hour: '3' })
 */
export const crontab: Operation<z.input<typeof args>> = operation({
  name: 'server.crontab',
  summary: 'A crontab has an entry for a command, or none.',
  args,
  async *plan(host, { command, present, minute, hour, day, month, weekday, special, user }) {
    const question = user === undefined ? {} : { user }
    const before = await host.fact(crontabFact, question)
    if (before === undefined) throw new UsageError('this host has no crontab(1).')
    const times = special ?? [minute, hour, day, month, weekday].join(' ')
    const after = editEntry(before, command, present ? times : undefined)
    if (after === before) return
    yield {
      ...change.command(`crontab${user === undefined ? '' : ` of ${user}`}`, {
        summary: `${present ? 'schedule' : 'no longer schedule'} ${command}`,
        script: `printf '%s' ${quote(after)} | crontab${user === undefined ? '' : ` -u ${quote(user)}`} -`,
        touches: [`crontab:${user ?? ''}`],
        predicts: [predict(crontabFact, question, after)],
        undo: callOf(restoreCrontab, { text: before, ...question }),
      }),
      diff: { kind: 'text', subject: `crontab${user === undefined ? '' : ` of ${user}`}`, before, after },
    }
  },
})

const restoreArgs = z.strictObject({
  text: z.string().describe('The whole crontab.'),
  user: z.string().min(1).optional().describe('Whose crontab.'),
})

/** Puts a crontab back to what it was: how changes of it are taken back. */
export const restoreCrontab: Operation<z.input<typeof restoreArgs>> = operation({
  name: 'server.restoreCrontab',
  summary: 'Puts a crontab back to what was recorded before.',
  args: restoreArgs,
  async *plan(host, { text, user }) {
    const question = user === undefined ? {} : { user }
    const before = await host.fact(crontabFact, question)
    if (before === undefined || before === text) return
    yield {
      ...change.command('crontab', {
        summary: 'put the crontab back',
        script: `printf '%s' ${quote(text)} | crontab${user === undefined ? '' : ` -u ${quote(user)}`} -`,
        touches: [`crontab:${user ?? ''}`],
        predicts: [predict(crontabFact, question, text)],
        undo: callOf(restoreCrontab, { text: before, ...question }),
      }),
      diff: { kind: 'text', subject: 'crontab', before, after: text },
    }
  },
})
