import type { ConnectSettings } from '../../connect/connector.js'
import { UsageError } from '../../errors.js'
import { Secret } from '../../secret.js'
import type { Become, HostSpec } from '../spec.js'
import { rendered } from './rendered.js'
import { sshArguments } from './ssh-arguments.js'
import type { Variables } from './tree.js'

type Reading = (value: unknown) => ConnectSettings

/** Variables that say how a host is reached; of several that say the same, a later one counts. */
const READINGS: Readonly<Record<string, Reading>> = {
  ansible_connection: connection,
  ansible_ssh_common_args: value => sshArguments(String(value)),
  ansible_ssh_extra_args: value => sshArguments(String(value)),
  ansible_ssh_host: address => ({ address: String(address) }),
  ansible_host: address => ({ address: String(address) }),
  ansible_ssh_port: port => ({ port: Number(port) }),
  ansible_port: port => ({ port: Number(port) }),
  ansible_ssh_user: user => ({ user: String(user) }),
  ansible_user: user => ({ user: String(user) }),
  ansible_ssh_pass: password,
  ansible_ssh_password: password,
  ansible_password: password,
  ansible_private_key_file: key,
  ansible_ssh_private_key_file: key,
  ansible_host_key_checking: checking,
  ansible_ssh_host_key_checking: checking,
  ansible_ssh_timeout: seconds => ({ connectTimeout: Number(seconds) }),
  ansible_timeout: seconds => ({ connectTimeout: Number(seconds) }),
  ansible_sudo_pass: becomePassword,
  ansible_become_pass: becomePassword,
  ansible_become_password: becomePassword,
}

/** Variables that say who commands run as. */
const BECOME = ['ansible_become', 'ansible_become_user', 'ansible_become_method'] as const

/**
 * A host as its variables say: how it is reached, who commands run as there, and the rest as data.
 *
 * @throws {UsageError} for a connection that muster does not have
 */
export function hostSpec(name: string, groups: readonly string[], vars: Variables): HostSpec {
  const known = { ...vars, inventory_hostname: name, inventory_hostname_short: name.split('.')[0], group_names: groups }
  const value = (key: string): unknown => rendered(vars[key], known, key)
  const settings = Object.entries(READINGS).flatMap(([key, read]) =>
    vars[key] === undefined ? [] : [read(value(key))],
  )
  const own = new Set<string>([...Object.keys(READINGS), ...BECOME])
  const data = Object.fromEntries(Object.entries(vars).filter(([key]) => !own.has(key)))
  const become = becomeOf(value)
  return {
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...Object.assign({}, ...settings),
    ...(become ? { become } : {}),
  }
}

function becomeOf(value: (key: string) => unknown): Become | undefined {
  const [become, user, method = 'sudo'] = BECOME.map(value)
  if (!isTrue(become)) return undefined
  if (method === 'sudo' || method === 'su' || method === 'doas')
    return { [method]: user === undefined ? true : String(user) }
  throw new UsageError(`muster becomes another user by sudo, su or doas, not by ansible_become_method ${method}`)
}

function connection(kind: unknown): ConnectSettings {
  switch (String(kind).replace(/^ansible\.builtin\./, '')) {
    case 'ssh':
    case 'smart':
    case 'paramiko':
    case 'paramiko_ssh':
      return {}
    case 'local':
      return { connector: 'local' }
    default:
      throw new UsageError(`muster has no connection for ansible_connection ${kind}; it has ssh and local`)
  }
}

function password(value: unknown): ConnectSettings {
  return { password: new Secret(String(value), 'password') }
}

function becomePassword(value: unknown): ConnectSettings {
  return { sudoPassword: new Secret(String(value), 'become password') }
}

function key(file: unknown): ConnectSettings {
  return { identityFile: String(file) }
}

function checking(value: unknown): ConnectSettings {
  return isTrue(value) ? {} : { strictHostKeyChecking: 'no' }
}

/** As Ansible takes texts for booleans. */
function isTrue(value: unknown): boolean {
  return value === true || value === 1 || /^(?:y|yes|on|1|true|t|1\.0)$/i.test(String(value))
}
