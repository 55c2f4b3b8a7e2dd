import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { type Change, callOf, predict } from '../../engine/plan/change.js'
import type { FieldsDiff } from '../../engine/plan/diff.js'
import { quote } from '../../engine/shell/quote.js'
import { type Unit, unit as unitFact } from '../../facts/systemd.js'
import { type Scope, scopeArgs, systemctl, unitTopic } from '../../facts/systemd-scope.js'
import { given } from '../given.js'

const args = z.strictObject({
  service: z.string().min(1).meta({ names: 'unit' }).describe('Unit name; without a suffix, a .service.'),
  running: z.boolean().optional().describe('Whether it is to be active; default: true, unless masked.'),
  restarted: z.boolean().default(false).describe('Restart it, if it runs already.'),
  reloaded: z.boolean().default(false).describe('Have it read its configuration again, if it runs already.'),
  enabled: z.boolean().optional().describe('Whether it starts at boot. Default: left as it is.'),
  masked: z.boolean().optional().describe('Whether it is barred from starting at all. Default: left as it is.'),
  daemonReload: z.boolean().default(false).describe('Have systemd read its unit files again first.'),
  ...scopeArgs,
})

/** A unit by the name it was asked for, in its scope. */
interface Asked {
  readonly name: string
  readonly scope: Scope
}

/**
 * A systemd unit runs or not, starts at boot or not. `restarted`, `reloaded` and `daemonReload` happen each time they are asked
 * for: ask for them where something changed.
 *
 * @example
 * await web.systemd.service({ service: 'nginx', enabled: true })
 * await conf.changed.systemd.service({ service: 'nginx', reloaded: true })
 */
export const service: Operation<z.input<typeof args>> = operation({
  name: 'systemd.service',
  summary: 'A systemd unit runs or is stopped, is enabled or not.',
  args,
  combined: (first, second) =>
    unitName(first.service) === unitName(second.service) &&
    first.userMode === second.userMode &&
    first.machine === second.machine &&
    first.userName === second.userName
      ? { ...first, ...given(second) }
      : undefined,
  async *plan(host, { service: named, masked, enabled, daemonReload, running = masked !== true, ...more }) {
    const { restarted, reloaded, ...scope } = more
    const asked = { name: unitName(named), scope }
    if (daemonReload) yield daemonReloadChange(asked, await readUnit(host, asked))
    if (masked === false) yield* settleMask(asked, await readUnit(host, asked), false)
    const unit = await readUnit(host, asked)
    checkPossible(asked, unit, masked !== true && (running || enabled === true))
    if (running !== isRunning(unit, running)) yield activeChange(asked, unit, running)
    else if (running && (restarted || reloaded)) yield signalChange(asked, unit, restarted ? 'restart' : 'reload')
    if (enabled !== undefined) yield* settleEnabled(asked, await readUnit(host, asked), enabled)
    if (masked === true) yield* settleMask(asked, await readUnit(host, asked), true)
  },
})

const SUFFIX = /\.(service|socket|timer|target|mount|automount|path|slice|scope|swap|device)$/

function unitName(name: string): string {
  return SUFFIX.test(name) ? name : `${name}.service`
}

async function readUnit(host: PlanHost, { name, scope }: Asked): Promise<Unit> {
  const unit = await host.fact(unitFact, { unit: name, ...scope })
  if (!unit) throw new UsageError('systemd does not run this host.')
  return unit
}

function checkPossible({ name }: Asked, unit: Unit, needed: boolean): void {
  if (!needed) return
  if (unit.load === 'not-found') throw new UsageError(`there is no unit ${name} on this host.`)
  if (unit.load === 'masked') {
    throw new UsageError(`${name} is masked, so it can be neither started nor enabled; masked: false lifts that.`)
  }
}

/** A unit on its way up or down counts as what is not wanted: something is to be done about it. */
function isRunning({ active }: Unit, wanted: boolean): boolean {
  return wanted ? ['active', 'reloading'].includes(active) : !['inactive', 'failed'].includes(active)
}

function activeChange(asked: Asked, unit: Unit, running: boolean): Change {
  const active = running ? 'active' : 'inactive'
  return {
    ...unitChange(asked, unit, running ? 'start' : 'stop', { active, sub: running ? 'running' : 'dead' }),
    diff: fieldDiff(unit, 'active', unit.active, active),
    undo: callOf(service, { service: unit.id, running: !running, ...asked.scope }),
  }
}

/** Restart and reload: nothing of the unit's state tells afterwards that they were done. */
function signalChange(asked: Asked, unit: Unit, verb: 'restart' | 'reload'): Change {
  return { ...unitChange(asked, unit, verb, { active: 'active' }), settles: false }
}

function* settleEnabled(asked: Asked, unit: Unit, enabled: boolean): Generator<Change> {
  const { name, scope } = asked
  const state = unit.enabled ?? 'without a unit file'
  const is = state === 'enabled' || state === 'alias'
  if (is === enabled || (!enabled && !state.startsWith('enabled'))) return
  if (enabled && !['disabled', 'enabled-runtime', 'linked', 'linked-runtime'].includes(state)) {
    throw new UsageError(`${name} cannot be enabled: it is ${state}.`)
  }
  const after = enabled ? 'enabled' : 'disabled'
  yield {
    ...unitChange(asked, unit, enabled ? 'enable' : 'disable', { enabled: after }),
    diff: fieldDiff(unit, 'enabled', state, after),
    undo: callOf(service, { service: unit.id, running: isRunning(unit, true), enabled: !enabled, ...scope }),
  }
}

function* settleMask(asked: Asked, unit: Unit, masked: boolean): Generator<Change> {
  const is = unit.load === 'masked'
  if (is === masked) return
  const { predicts, ...change } = unitChange(asked, unit, masked ? 'mask' : 'unmask', {
    load: 'masked',
    enabled: 'masked',
  })
  yield {
    ...change,
    diff: fieldDiff(unit, 'load', unit.load, masked ? 'masked' : 'loaded'),
    // what a mask hid is seen only once it is lifted
    ...(masked && predicts ? { predicts } : {}),
    undo: callOf(service, { service: unit.id, running: isRunning(unit, true), masked: !masked, ...asked.scope }),
  }
}

function daemonReloadChange({ name, scope }: Asked, unit: Unit): Change {
  const script = `${systemctl(scope)} daemon-reload`
  const known = unit.load !== 'not-found' && !unit.stale
  return {
    summary: 'have systemd read its unit files again',
    diff: { kind: 'command', subject: 'systemd', command: script },
    steps: [{ kind: 'run', script }],
    touches: [unitTopic('*', scope)],
    ...(known ? { predicts: [predict(unitFact, { unit: name, ...scope }, unit)] } : {}),
    settles: false,
  }
}

/** A systemctl command for a unit, and what the unit is after it. */
function unitChange({ name, scope }: Asked, unit: Unit, verb: string, after: Partial<Unit>): Change {
  const script = `${systemctl(scope)} ${verb} -- ${quote(unit.id)}`
  return {
    summary: `${verb} ${unit.id}`,
    diff: { kind: 'command', subject: `unit ${unit.id}`, command: script },
    steps: [{ kind: 'run', script }],
    touches: [unitTopic(unit.id, scope), ...(name === unit.id ? [] : [unitTopic(name, scope)])],
    predicts: [predict(unitFact, { unit: name, ...scope }, { ...unit, ...after })],
  }
}

function fieldDiff(unit: Unit, field: string, before: string, after: string): FieldsDiff {
  return { kind: 'fields', subject: `unit ${unit.id}`, fields: { [field]: { before, after } } }
}
