import { resolve } from 'node:path'
import { UsageError } from '../../errors.js'
import { splitAddress } from '../addresses.js'
import { isRoute } from '../connect-settings.js'
import type { ConnectSettings, Endpoint } from '../connector.js'
import { parseJumps } from '../ways/jump-hosts.js'

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

/** Keywords whose value is the rest of the line, as it is. */
const RAW = new Set(['ProxyCommand'])

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
  const jumps = isRoute(settings.proxyJump) ? parseJumps(settings.proxyJump, endpoint) : []
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
  const given = settings.address === undefined ? undefined : splitAddress(settings.address)
  const known = settings.knownHostsFile === undefined ? undefined : list(settings.knownHostsFile)
  const lines: readonly (readonly [keyword: string, value: string | number | boolean | undefined])[] = [
    // `%` begins a token in a HostName; an address means itself (`fe80::1%eth0`).
    ['HostName', given?.host.replaceAll('%', '%%')],
    ['Port', settings.port ?? given?.port],
    ['User', settings.user],
    ['AddressFamily', settings.addressFamily],
    ['BindAddress', settings.bindAddress],
    ...list(settings.identityFile).map(file => ['IdentityFile', quoted(file)] as const),
    ...list(settings.certificateFile).map(file => ['CertificateFile', quoted(file)] as const),
    ['IdentitiesOnly', settings.identitiesOnly],
    ['IdentityAgent', settings.agent === false ? 'none' : settings.agent],
    ['ForwardAgent', settings.forwardAgent === true ? settings.agent || true : settings.forwardAgent],
    ['PreferredAuthentications', joined(settings.preferredAuthentications)],
    ['NumberOfPasswordPrompts', settings.numberOfPasswordPrompts],
    ['UserKnownHostsFile', known?.map(quoted).join(' ')],
    ['GlobalKnownHostsFile', known && 'none'],
    ['StrictHostKeyChecking', settings.strictHostKeyChecking],
    ['HashKnownHosts', settings.hashKnownHosts],
    ['HostKeyAlias', settings.hostKeyAlias],
    ['HostKeyAlgorithms', joined(settings.hostKeyAlgorithms)],
    ['KexAlgorithms', joined(settings.kexAlgorithms)],
    ['Ciphers', joined(settings.ciphers)],
    ['MACs', joined(settings.macs)],
    ['ProxyJump', settings.proxyJump === false ? 'none' : settings.proxyJump],
    ['ProxyCommand', settings.proxyCommand === false ? 'none' : settings.proxyCommand],
    ['ConnectTimeout', settings.connectTimeout && Math.ceil(settings.connectTimeout)],
    ['ConnectionAttempts', settings.connectionAttempts],
    ['ServerAliveInterval', settings.serverAliveInterval && Math.ceil(settings.serverAliveInterval)],
    ['ServerAliveCountMax', settings.serverAliveCountMax],
  ]
  return lines.flatMap(([keyword, value]): Line[] =>
    value === undefined ? [] : [[keyword, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)]],
  )
}

function joined(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : list(value).join(',')
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

function quoted(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value
}

function text([keyword, value]: Line, host: string): string {
  if (/[\0\r\n]/.test(value)) throw new UsageError(`${host}: ${keyword} cannot hold a line break`)
  if (RAW.has(keyword)) return `${keyword} ${value}\n`
  if ((value.match(/"/g)?.length ?? 0) % 2 === 1) throw new UsageError(`${host}: ${keyword} cannot hold a quote`)
  return `${keyword} ${value}\n`
}
