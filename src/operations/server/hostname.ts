import { z } from 'zod'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { text } from '../../facts/files.js'
import { hostname as hostnameFact, kernel } from '../../facts/server.js'
import { change } from '../change.js'
import { pathState } from '../files/path-state.js'
import { putBack, recordedState } from '../files/recorded-state.js'

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
    const file = await recordedState(host, path)
    yield change.fields('hostname', {
      summary: `name it ${name}`,
      before: { now, [path]: lasting ?? null },
      after: { now: name, [path]: name },
      script: `n=${quote(name)}
if command -v hostnamectl >/dev/null 2>&1 && [ -d /run/systemd/system ] && hostnamectl set-hostname "$n" 2>/dev/null; then :
else hostname "$n" && printf '%s\\n' "$n" >${path}; fi`,
      touches: ['hostname', `file:${path}`],
      predicts: [predict(hostnameFact, undefined, name), predict(text, { path }, `${name}\n`)],
      ...(file
        ? { undo: callOf(restoreHostname, { hostname: now, file }) }
        : { irreversible: `what ${path} was cannot be put back` }),
    })
  },
})

const restoreArgs = z.strictObject({
  hostname: z.string().min(1).describe('The name it had.'),
  file: pathState.describe('What stood where the system reads its name at boot.'),
})

/** Puts the name of a host back, now and in the file, which may have said another: how changes of it are taken back. */
export const restoreHostname: Operation<z.input<typeof restoreArgs>> = operation({
  name: 'server.restoreHostname',
  summary: 'Puts the name of a host back to what was recorded before.',
  args: restoreArgs,
  async *plan(host, { hostname: name, file }) {
    const now = await host.fact(hostnameFact)
    if (now !== name) {
      const held = await recordedState(host, file.path)
      yield change.fields('hostname', {
        summary: `name it ${name}`,
        before: { now },
        after: { now: name },
        script: `hostname ${quote(name)}`,
        touches: ['hostname'],
        predicts: [predict(hostnameFact, undefined, name)],
        ...(held ? { undo: callOf(restoreHostname, { hostname: now, file: held }) } : {}),
      })
    }
    yield* putBack(host, file)
  },
})
