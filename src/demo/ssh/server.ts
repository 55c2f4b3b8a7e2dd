import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from 'ssh2'
import type { Sandbox } from '../sandbox/sandbox.js'
import { serveSession } from './session.js'

/** An SSH server on the loopback interface. */
export interface SshServer {
  /** TCP port, chosen by the system. */
  readonly port: number
  /** Stops listening and drops every connection. */
  close(): void
}

/**
 * Serves a sandbox over SSH on 127.0.0.1.
 *
 * @param hostKey the server's private key, OpenSSH format
 * @param authorizedKey the public key that may log in, as root, in the form of a line of authorized_keys
 */
export async function startSshServer(sandbox: Sandbox, hostKey: string, authorizedKey: string): Promise<SshServer> {
  const userKey = ssh2.utils.parseKey(authorizedKey)
  if (userKey instanceof Error) throw userKey
  const ssh = new ssh2.Server({ hostKeys: [hostKey] }, client => {
    client.on('authentication', context => authenticate(context, userKey))
    client.on('session', accept => serveSession(accept(), sandbox))
    // A client that vanishes is no event: its channels close.
    client.on('error', () => undefined)
  })
  const sockets = new Set<Socket>()
  // Sockets come from a listener of our own because ssh2 has no option for this: with Nagle's algorithm each
  // small answer waits for a delayed acknowledgement, 40 ms.
  const listener = createServer({ noDelay: true }, socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    ssh.injectSocket(socket)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP listener has a port')
  return {
    port: address.port,
    close: () => {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Public key only, and root only (RFC 4252 §7): first the question whether the key would do, then a signature. */
function authenticate(context: AuthContext, userKey: ParsedKey): void {
  if (context.username === 'root' && context.method === 'publickey' && proves(context, userKey)) context.accept()
  else context.reject(['publickey'])
}

function proves(context: PublicKeyAuthContext, userKey: ParsedKey): boolean {
  const { blob, hashAlgo, key, signature } = context
  if (!userKey.getPublicSSH().equals(key.data)) return false
  if (signature === undefined) return true
  return blob !== undefined && userKey.verify(blob, signature, hashAlgo) === true
}
