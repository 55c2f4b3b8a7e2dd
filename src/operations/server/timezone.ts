import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { file } from '../../facts/files.js'
import { timezone as timezoneFact } from '../../facts/server.js'
import { change } from '../change.js'

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
    yield change.fields('time zone', {
      summary: `set the time zone to ${zone}`,
      before: { zone: before ?? null },
      after: { zone },
      script: `z=${quote(zone)}
ln -s -f -n "../usr/share/zoneinfo/$z" /etc/localtime && if [ -e /etc/timezone ]; then printf '%s\\n' "$z" >/etc/timezone; fi`,
      touches: ['file:/etc/localtime', 'file:/etc/timezone'],
      predicts: [predict(timezoneFact, undefined, zone)],
      ...(before === undefined ? {} : { undo: callOf(timezone, { timezone: before }) }),
    })
  },
})
