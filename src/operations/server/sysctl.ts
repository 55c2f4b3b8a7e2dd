import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { sysctl as sysctlFact } from '../../facts/server.js'
import { sysctlKey } from '../../facts/sysctl-key.js'
import { change } from '../change.js'

const args = z.strictObject({
  key: sysctlKey.describe('Name of the parameter: net.ipv4.ip_forward.'),
  value: z
    .union([z.string().min(1), z.int()])
    .overwrite(value => String(value).trim().replace(/\s+/g, ' '))
    .describe('Its value; of several numbers, with blanks between them.'),
})

/**
 * A kernel parameter has this value, now: for it to come back at the next boot, put it in a file of /etc/sysctl.d too.
 *
 * @example
 * await web.server.sysctl({ key: 'net.ipv4.ip_forward', value: 1 })
 */
export const sysctl: Operation<z.input<typeof args>> = operation({
  name: 'server.sysctl',
  summary: 'A kernel parameter has a value, now.',
  args,
  async *plan(host, { key, value: given }) {
    const value = String(given)
    const before = await host.fact(sysctlFact, { key })
    if (before === value) return
    if (before === undefined) throw new UsageError(`the kernel has no parameter ${key}, or hides it from this user.`)
    yield change.fields(`sysctl ${key}`, {
      summary: `set ${key} to ${value}`,
      before: { value: before },
      after: { value },
      script: `k=${quote(key)} v=${quote(value)}
PATH="$PATH:/usr/sbin:/sbin"
if command -v sysctl >/dev/null 2>&1; then sysctl "$k=$v" >/dev/null
else printf '%s\\n' "$v" >"/proc/sys/$(printf '%s' "$k" | tr . /)"; fi`,
      touches: [`sysctl:${key}`],
      predicts: [predict(sysctlFact, { key }, value)],
      undo: callOf(sysctl, { key, value: before }),
    })
  },
})
