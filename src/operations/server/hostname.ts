import { z } from 'zod'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { text } from '../../facts/files.js'
import { hostname as hostnameFact, kernel } from '../../facts/server.js'
import { change } from '../change.js'

const args = z.strictObject({
  hostname: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/, 'expected a name of letters, digits, - and .')
    .describe('The name, with or without a domain.'),
})

/**
 * The host has this name, now and after a boot: by hostnamectl where systemd runs, else by hostname(1) and the file that the
 * system reads it from.
 *
 * @example
 * await fleet.host('web-1').server.hostname({ hostname: 'web-1.example' })
 */
export const hostname: Operation<z.input<typeof args>> = operation({
  name: 'server.hostname',
  summary: 'The host has a name, now and after a boot.',
  args,
  async *plan(host, { hostname: name }) {
    const path = (await host.fact(kernel)).name === 'Linux' ? '/etc/hostname' : '/etc/myname'
    const [now, kept] = await Promise.all([host.fact(hostnameFact), host.fact(text, { path })])
    const lasting = kept?.trim()
    if (now === name && (lasting === undefined || lasting === name)) return
    yield change.fields('hostname', {
      summary: `name it ${name}`,
      before: { now, [path]: lasting ?? null },
      after: { now: name, [path]: name },
      script: `n=${quote(name)}
if command -v hostnamectl >/dev/null 2>&1 && [ -d /run/systemd/system ] && hostnamectl set-hostname "$n" 2>/dev/null; then :
else hostname "$n" && printf '%s\\n' "$n" >${path}; fi`,
      touches: ['hostname', `file:${path}`],
      predicts: [predict(hostnameFact, undefined, name), predict(text, { path }, `${name}\n`)],
      undo: callOf(hostname, { hostname: now }),
    })
  },
})
