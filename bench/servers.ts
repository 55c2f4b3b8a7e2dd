import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import ssh2, { type Client } from 'ssh2'
import type { ConnectSettings } from '../src/engine/connect/connector.js'
import type { Sshd } from '../test/fleet/sshd.js'

/** How a link reaches a private sshd, with nothing read from the person's own ssh. */
export function settingsFor(sshd: Sshd): ConnectSettings {
  return {
    address: '127.0.0.1',
    port: sshd.port,
    identityFile: sshd.key,
    knownHostsFile: sshd.knownHosts,
    strictHostKeyChecking: 'yes',
    sshConfigFile: false,
    agent: false,
  }
}

/** A plain connection of ssh2 to the same, with the cipher and without Nagle's algorithm as muster has it. */
export async function connected(sshd: Sshd | undefined): Promise<Client> {
  if (!sshd) throw new Error('no server')
  const client = new ssh2.Client()
  client.connect({
    sock: connect({ host: '127.0.0.1', port: sshd.port, noDelay: true }),
    username: sshd.user,
    privateKey: readFileSync(sshd.key),
    algorithms: { cipher: ['aes128-gcm@openssh.com'] },
  })
  await once(client, 'ready')
  return client
}
