import { describe, test } from 'vitest'
import type { Connector } from '../../src/engine/connect/connector.js'
import { chroot } from '../../src/engine/connect/local/chroot.js'
import { OpenSshConnector } from '../../src/engine/connect/openssh/openssh.js'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { type ContractAbilities, type ContractSubject, connectorContract } from '../contract/connector-contract.js'
import { labUnavailable } from '../fleet/requirements.js'
import { busyboxRoot, debianRoot, type Root } from '../fleet/roots.js'
import { sshdMissing, startSshd, terminalsMissing } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

/** Sessions that the servers below allow on one connection. */
const MOST_SESSIONS = 7

describe.skipIf(why)('over a real sshd', () => {
  const phases = ['resolving', 'tcp', 'kex', 'auth'] as const
  const greeting = { greeting: /^SSH-2\.0-OpenSSH/ }
  const abilities: ContractAbilities = {
    phases,
    mostChannels: MOST_SESSIONS,
    unread: 256 * 1024,
    sudo: process.getuid?.() === 0,
    ...(terminalsMissing() ? {} : { pty: true }),
  }
  const dial: ContractAbilities['dial'] = ({ endpoint }) => ({ port: endpoint.settings.port ?? 0, ...greeting })
  connectorContract('ssh', () => overSshd(new SshConnector()), { ...abilities, dial })
  connectorContract('openssh', () => overSshd(new OpenSshConnector()), { ...abilities, dial })
})

const noChroot = process.getuid?.() === 0 ? labUnavailable() : 'only root may enter another root file system'
if (noChroot) test.skip(`in other root file systems: ${noChroot}`)

describe.skipIf(noChroot)('in root file systems of this machine', () => {
  connectorContract('chroot', () => inRoot(debianRoot), { signals: true, pty: true, sudo: true })
  connectorContract('chroot, on busybox,', () => inRoot(busyboxRoot), { signals: true })
})

async function inRoot(make: () => Promise<Root>): Promise<ContractSubject> {
  const { folder, remove } = await make()
  return { connector: chroot, endpoint: { name: 'image', settings: { root: folder } }, stop: remove }
}

async function overSshd(connector: Connector): Promise<ContractSubject> {
  const sshd = await startSshd({ config: [`MaxSessions ${MOST_SESSIONS}`] })
  return {
    connector,
    endpoint: {
      name: 'web-1',
      settings: {
        address: '127.0.0.1',
        port: sshd.port,
        identityFile: sshd.key,
        knownHostsFile: sshd.knownHosts,
        strictHostKeyChecking: 'yes',
        sshConfigFile: false,
        agent: false,
      },
    },
    cut: () => sshd.kill(),
    stop: () => sshd.stop(),
  }
}
