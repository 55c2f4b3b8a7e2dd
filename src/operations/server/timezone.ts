import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { callOf, type OperationCall, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { file } from '../../facts/files.js'
import { timezone as timezoneFact } from '../../facts/server.js'
import { change } from '../change.js'
import { pathState } from '../files/path-state.js'
import { putBack, recordedState } from '../files/recorded-state.js'

const args = z.strictObject({
  timezone: z
    .string()
    .regex(/^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/, 'expected a name such as Europe/Berlin')
    .describe('Name in the time zone database: Europe/Berlin, UTC.'),
})

/**
 * The host is in this time zone: /etc/localtime leads to it, and /etc/timezone says it where there is such a file.
 *
 * @example
 * await fleet.server.timezone({ timezone: 'Etc/UTC' })
 * @see {@link https://www.freedesktop.org/software/systemd/man/latest/localtime.html} localtime(5)
 */
export const timezone: Operation<z.input<typeof args>> = operation({
  name: 'server.timezone',
  summary: 'The host is in a time zone.',
  args,
  async *plan(host, { timezone: zone }) {
    const before = await host.fact(timezoneFact)
    if (before === zone) return
    const path = `/usr/share/zoneinfo/${zone}`
    if (!(await host.fact(file, { path })))
      throw new UsageError(`there is no time zone ${zone} on this host (${path}).`)
    const undo = await wayBack(host)
    yield change.fields('time zone', {
      summary: `set the time zone to ${zone}`,
      before: { zone: before ?? null },
      after: { zone },
      script: `z=${quote(zone)}
ln -s -f -n "../usr/share/zoneinfo/$z" /etc/localtime && if [ -e /etc/timezone ]; then printf '%s\\n' "$z" >/etc/timezone; fi`,
      touches: ['file:/etc/localtime', 'file:/etc/timezone'],
      predicts: [predict(timezoneFact, undefined, zone)],
      ...(undo ? { undo } : { irreversible: 'what /etc/localtime was cannot be put back' }),
    })
  },
})

const restoreArgs = z.strictObject({
  localtime: pathState.describe('What stood at /etc/localtime.'),
  timezone: pathState.describe('What stood at /etc/timezone.'),
})

/**
 * Puts the time zone back to how it was said before: how changes of it are taken back. One zone has several names, and a link to it
 * can be written in several ways, or be a copy of the zone's file.
 */
export const restoreTimezone: Operation<z.input<typeof restoreArgs>> = operation({
  name: 'server.restoreTimezone',
  summary: 'Puts the time zone back to what was recorded before.',
  args: restoreArgs,
  async *plan(host, { localtime, timezone }) {
    yield* putBack(host, localtime)
    yield* putBack(host, timezone)
  },
})

async function wayBack(host: PlanHost): Promise<OperationCall | undefined> {
  const [localtime, zone] = await Promise.all(
    ['/etc/localtime', '/etc/timezone'].map(path => recordedState(host, path)),
  )
  return localtime && zone && callOf(restoreTimezone, { localtime, timezone: zone })
}
