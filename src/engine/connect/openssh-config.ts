import { resolve } from 'node:path'
import { UsageError } from '../errors.js'
import type { ConnectSettings, Endpoint } from './connector.js'
import { parseJumps } from './ssh-settings.js'

/** Seconds a master stays when whoever used it is gone without a word: so none outlives a killed muster for long. */
export const LINGER_S = 10
/** Seconds of silence after which a host is asked whether it is there, unless somebody says otherwise; ssh's own default is never. */
const KEEPALIVE_S = 5

export interface OpenSshConfigRequest {
  readonly endpoint: Endpoint
  /** Path of the socket by which the master is used. */
  readonly controlPath: string
  /** Nobody can be asked: ssh shall not try to. */
  readonly batch: boolean
  /** The ssh_config files below our settings, in order: the user's and the system's. */
  readonly includes: readonly string[]
}

type Line = readonly [keyword: string, value: string]

/**
 * The ssh_config for one master: what the inventory says of the host and its jump hosts, then the files that hold for
 * everything else (the first value of a keyword wins). A file, not options: jump hosts are reached by an `ssh` of their own, which
 * is handed the file and no option.
 *
 * @throws {UsageError} for a value that no ssh_config can hold.
 */
export function openSshConfig({ endpoint, controlPath, batch, includes }: OpenSshConfigRequest): string {
  const { name, settings } = endpoint
  const jumps = typeof settings.proxyJump === 'string' ? parseJumps(settings.proxyJump, settings) : []
  const blocks: (readonly Line[])[] = [
    [['Host', name], ...OURS, ['ControlPath', quoted(controlPath)], ...settingsLines(settings)],
    // Reached by `-J`, which passes user and port on the command line.
    ...jumps
      .filter(jump => jump.name !== name)
      .map((jump): readonly Line[] => [['Host', jump.name], ...settingsLines(jump.settings)]),
    [
      ['Match', 'all'],
      ...(batch ? ([['BatchMode', 'yes']] as const) : []),
      ...includes.map((file): Line => ['Include', quoted(resolve(file))]),
    ],
    [
      ['Match', 'all'],
      ['ServerAliveInterval', String(KEEPALIVE_S)],
    ],
  ]
  return blocks.map(block => block.map(line => text(line, name)).join('')).join('')
}

/** What makes an `ssh` a master for us, and keeps it from doing anything else that a file may ask of it. */
const OURS: readonly Line[] = [
  ['ControlMaster', 'yes'],
  ['ControlPersist', String(LINGER_S)],
  ['ClearAllForwardings', 'yes'],
  ['RemoteCommand', 'none'],
  ['RequestTTY', 'no'],
  ['PermitLocalCommand', 'no'],
  ['ForwardX11', 'no'],
  ['Tunnel', 'no'],
]

function settingsLines(settings: ConnectSettings): Line[] {
  const lines: Line[] = []
  const set = (keyword: string, value: string | number | boolean | undefined) => {
    if (value !== undefined) lines.push([keyword, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)])
  }
  // `%` begins a token in a HostName; an address means itself (`fe80::1%eth0`).
  set('HostName', settings.address?.replaceAll('%', '%%'))
  set('Port', settings.port)
  set('User', settings.user)
  for (const file of list(settings.identityFile)) set('IdentityFile', quoted(file))
  set('IdentitiesOnly', settings.identitiesOnly)
  set('IdentityAgent', settings.agent === false ? 'none' : settings.agent)
  if (settings.knownHostsFile !== undefined) {
    set('UserKnownHostsFile', list(settings.knownHostsFile).map(quoted).join(' '))
    set('GlobalKnownHostsFile', 'none')
  }
  set('StrictHostKeyChecking', settings.strictHostKeyChecking)
  set('HostKeyAlias', settings.hostKeyAlias)
  set('ProxyJump', settings.proxyJump)
  set('ConnectTimeout', settings.connectTimeout === undefined ? undefined : Math.ceil(settings.connectTimeout))
  return lines
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

function quoted(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value
}

function text([keyword, value]: Line, host: string): string {
  if (/[\0\r\n]/.test(value)) throw new UsageError(`${host}: ${keyword} cannot hold a line break`)
  return `${keyword} ${value}\n`
}
