import { z } from 'zod'
import { fact } from '../engine/fact.js'
import { quote } from '../engine/shell/quote.js'
import { scopeArgs, systemctl, unitTopic } from './systemd-scope.js'

/** A systemd unit, in systemd's own words (see systemctl(1) and org.freedesktop.systemd1(5)). */
export interface Unit {
  /** Its principal name, where it was asked for by another: `ssh.service` for `sshd.service`. */
  readonly id: string
  /** `loaded`, `not-found`, `masked`, `error`, `bad-setting` */
  readonly load: string
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading` */
  readonly active: string
  /** Finer, by type of unit: `running`, `exited`, `dead`, `listening`, `waiting`. */
  readonly sub: string
  /** State of its file: `enabled`, `disabled`, `static`, `masked`, `indirect`, `generated`, …; left out where it has none. */
  readonly enabled?: string
  readonly description: string
  /** Its file on disk is newer than what systemd has loaded. */
  readonly stale: boolean
}

const PROPERTIES = 'Id,Names,LoadState,ActiveState,SubState,UnitFileState,Description,NeedDaemonReload'

// sd_booted(3)
const UNLESS_BOOTED = 'if [ ! -d /run/systemd/system ]; then echo not booted; exit 0; fi'

/**
 * All units by name: the loaded ones, and those whose files are installed. `undefined` where systemd does not run the host.
 *
 * @example
 * const units = await host.facts.systemd.units()
 * units?.['ssh.service']?.active // 'active'
 */
export const units = fact({
  name: 'systemd.units',
  summary: 'All systemd units by name: load, active and sub state, enabled or not.',
  args: z.strictObject(scopeArgs).optional(),
  command: scope => `${UNLESS_BOOTED}
${systemctl(scope ?? {})} show --all --property=${PROPERTIES} '*'
echo
echo files
${systemctl(scope ?? {})} list-unit-files --all --full --no-legend --no-pager`,
  parse: (stdout): Readonly<Record<string, Unit>> | undefined => {
    if (stdout === 'not booted\n') return undefined
    const [shown = '', files = ''] = stdout.split(/^files$/m)
    const loaded = readUnits(shown).map((unit): [string, Unit] => [unit.id, unit])
    return { ...Object.fromEntries(readUnitFiles(files)), ...Object.fromEntries(loaded) }
  },
  requires: 'systemctl',
  missing: undefined,
  reads: scope => [unitTopic('*', scope ?? {})],
})

/**
 * One unit; `load` is `not-found` where there is none of that name. `undefined` where systemd does not run the host.
 * Reads the unit's file too: a change to it is a change of the unit.
 */
export const unit = fact({
  name: 'systemd.unit',
  summary: 'One systemd unit: load, active and sub state, enabled or not.',
  args: z.strictObject({
    unit: z.string().min(1).meta({ names: 'unit' }).describe('Name with its suffix: nginx.service.'),
    ...scopeArgs,
  }),
  command: ({ unit: name, ...scope }) => `${UNLESS_BOOTED}
${systemctl(scope)} show --property=${PROPERTIES} -- ${quote(name)}
echo "IsEnabled=$(${systemctl(scope)} is-enabled -- ${quote(name)} 2>/dev/null | head -n 1)"`,
  parse: (stdout, { unit: name }): Unit | undefined => {
    if (stdout === 'not booted\n') return undefined
    const [found] = readUnits(stdout)
    if (!found) throw new Error(`expected the properties of ${name}`)
    return found
  },
  requires: 'systemctl',
  missing: undefined,
  reads: ({ unit: name, ...scope }) => [
    unitTopic(name, scope),
    ...['/etc/systemd', '/run/systemd', '/usr/lib/systemd', '/lib/systemd'].flatMap(directory => [
      `file:${directory}/system/${name}`,
      `file:${directory}/system/${name}.d/*`,
    ]),
  ],
  // some services fail on their way down: they are stopped all the same
  settled: value =>
    value && {
      load: value.load,
      active: value.active === 'failed' ? 'inactive' : value.active,
      enabled: value.enabled,
    },
})

/** Reads blocks of `Name=value` lines, each beginning with `Id=`; lines that fit nothing are passed over. */
function readUnits(text: string): Unit[] {
  const blocks: Map<string, string>[] = []
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (!key) continue
    if (key === 'Id') blocks.push(new Map())
    blocks.at(-1)?.set(key, value)
  }
  return blocks.map(readUnit)
}

function readUnit(properties: ReadonlyMap<string, string>): Unit {
  const text = (key: string): string => properties.get(key) ?? ''
  // an init script's unit is generated: only is-enabled asks the script itself
  const enabled = text('UnitFileState') === 'generated' ? text('IsEnabled') || 'generated' : text('UnitFileState')
  return {
    id: text('Id'),
    load: text('LoadState'),
    active: text('ActiveState'),
    sub: text('SubState'),
    ...(enabled ? { enabled } : {}),
    description: text('Description'),
    stale: text('NeedDaemonReload') === 'yes',
  }
}

/** Units that are installed but not loaded, from `list-unit-files`: name, state, and since systemd 246 the preset. */
function readUnitFiles(text: string): [string, Unit][] {
  return text.split('\n').flatMap((line): [string, Unit][] => {
    const [id, enabled] = line.trim().split(/\s+/)
    if (!id || !enabled) return []
    return [[id, { id, load: 'stub', active: 'inactive', sub: 'dead', enabled, description: '', stale: false }]]
  })
}
