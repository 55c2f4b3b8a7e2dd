import { createPrivateKey } from 'node:crypto'
import ssh2 from 'ssh2'
import type { BaseName } from './base.js'

/** The SSH servers that a host can run. */
export type ServerName = 'openssh' | 'dropbear' | 'tinysshd'

interface SshServer {
  readonly bases: readonly BaseName[]
  /** A script of `sh` that becomes the server. */
  readonly start: string
  /** How the server's processes are called: the one that listens, and those of sessions. */
  readonly processes: readonly string[]
  /** The files its host key is kept in, made from an OpenSSH private key; by path. */
  hostKeyFiles?(privateKey: string): Readonly<Record<string, Buffer>>
}

/** Those that know authorized_keys in people's homes only get copies there. */
const keysIntoHomes = `
for home in /root /home/*; do
  mkdir -p "$home/.ssh"
  cp /etc/ssh/authorized_keys "$home/.ssh/"
  chmod 700 "$home/.ssh"
  chown -R "$(stat -c %u:%g "$home")" "$home/.ssh"
done`

export const servers: Readonly<Record<ServerName, SshServer>> = {
  openssh: {
    bases: ['bullseye', 'bookworm', 'trixie', 'rpm', 'busybox'],
    start: 'mkdir -p /run/sshd\nexec /usr/sbin/sshd -D -e',
    processes: ['sshd', 'sshd-session', 'sshd-auth'],
  },
  dropbear: {
    bases: ['bookworm', 'busybox'],
    start: `${keysIntoHomes}
key=/etc/dropbear/dropbear_ed25519_host_key
mkdir -p /etc/dropbear
[ -e $key ] || /usr/lib/dropbear/dropbearconvert openssh dropbear /etc/ssh/ssh_host_ed25519_key $key
exec /usr/sbin/dropbear -F -E -r $key -p 22`,
    processes: ['dropbear'],
  },
  // It serves one connection on its stdin and stdout: another program listens.
  tinysshd: {
    bases: ['bookworm'],
    start: `${keysIntoHomes}
exec tcpserver -HRDl0 -c 200 0 22 /usr/sbin/tinysshd -l -v -x sftp=/usr/lib/openssh/sftp-server /etc/tinyssh/sshkeydir`,
    processes: ['tcpserver', 'tinysshd'],
    hostKeyFiles(privateKey) {
      const key = ssh2.utils.parseKey(privateKey)
      if (key instanceof Error) throw key
      const { d, x } = createPrivateKey(key.getPrivatePEM()).export({ format: 'jwk' })
      if (d === undefined || x === undefined) throw new Error('the host key is not an Ed25519 key')
      const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
      return {
        'etc/tinyssh/sshkeydir/.ed25519.sk': Buffer.concat([seed, point]),
        'etc/tinyssh/sshkeydir/ed25519.pk': point,
      }
    },
  },
}
