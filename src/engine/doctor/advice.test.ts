import { describe, expect, test } from 'vitest'
import { adviceFor } from './advice.js'

describe('adviceFor', () => {
  test.each([
    ['cannot resolve the name wbe-1', '`getent hosts wbe-1`'],
    ['cannot resolve the name web-1 (the name server does not answer)', '/etc/resolv.conf'],
    ['connection refused at 10.0.0.7:22', 'nothing listens on that port'],
    ['no answer at 10.0.0.7:22', 'a firewall drops'],
    ['10.0.0.7:22 timed out after 10 s, waiting for the TCP connection', 'a firewall drops'],
    ['no route to host at 10.0.0.7:22', 'no way there'],
    ['10.0.0.7:22 timed out after 10 s, waiting for the key exchange', 'frozen or overloaded'],
    ['10.0.0.7:22 timed out after 10 s, waiting for authentication', 'PAM'],
    ['10.0.0.7:22 accepted and then closed the connection without a word of SSH', 'MaxStartups, /etc/hosts.deny'],
    [
      '10.0.0.7:22 accepted and then closed the connection without a word of SSH (it says: Exceeded MaxStartups)',
      'raise MaxStartups',
    ],
    [
      '10.0.0.7:22 accepted and then closed the connection without a word of SSH (it says: Not allowed at this time)',
      'PerSourcePenalties',
    ],
    ['10.0.0.7:22 shares no algorithm with us (Handshake failed: no matching key exchange algorithm)', 'kexAlgorithms'],
    ['the host key of 10.0.0.7:22 is not known (ssh-ed25519 SHA256:x) and was declined', '`ssh-keyscan 10.0.0.7 >> '],
    [
      'the host key of 10.0.0.7:2222 is not known (ssh-ed25519 SHA256:x) and nobody is there to ask',
      '`ssh-keyscan -p 2222 10.0.0.7 >> ',
    ],
    [
      'the host key of h:22 is not known (ssh-ed25519 SHA256:x) and strictHostKeyChecking is yes: add it to /k h/known',
      "`ssh-keyscan h >> '/k h/known'`",
    ],
    [
      'the host key of h:22 is not known (ssh-ed25519 SHA256:x) and nobody is there to ask: add it to /k or set strictHostKeyChecking to accept-new',
      '`ssh-keyscan h >> /k`',
    ],
    [
      '10.0.0.7:80 does not answer as an SSH server (it says: HTTP/1.1 400 Bad Request)',
      'Another service answers there',
    ],
    ['sudo asks for a password on a terminal alone, and the server grants no terminal (its PermitTTY)', 'PermitTTY'],
    ['the host key of 10.0.0.7:22 is revoked (/k:3)', 'Do not connect'],
    [
      '10.0.0.7:22 does not let deploy in (refused: ~/.ssh/id_rsa (ssh-rsa SHA256:x))',
      '`ssh-copy-id -p 22 deploy@10.0.0.7`',
    ],
    ['10.0.0.7:22 does not let deploy in (no key to offer)', '`ssh-add`'],
    [
      '10.0.0.7:22 does not let deploy in (no key to offer; the server would take a password and none was given)',
      'secret.prompt',
    ],
    ['10.0.0.7:22 does not let deploy in (no key to offer; wrong password)', '`ssh deploy@'],
    [
      '10.0.0.7:22 closed the connection after too many keys; choose one with identityFile and identitiesOnly',
      'MaxAuthTries',
    ],
    [
      '10.0.0.7:22 does not let deploy in (no key to offer; the key file /k is encrypted and nobody gave its passphrase)',
      '`ssh-add`',
    ],
    [
      '10.0.0.7:22 does not let deploy in (no key to offer; permissions 0644 for /k are too open: private keys must not be accessible by others, so it is ignored (chmod 600 /k))',
      '`chmod 600 /k`',
    ],
    [
      '10.0.0.7:22 does not let ada in (the password of ada has expired and the server wants a new one (“New password:”): log in once with ssh and change it)',
      '`ssh ada@',
    ],
    [
      '10.0.0.7:22 does not let ada in (refused: /k; the certificate /k-cert.pub (ada) expired on 2026-01-31 12:00:00 UTC)',
      '`ssh-keygen -Lf /k-cert.pub`',
    ],
    [
      '10.0.0.7:22 does not let ada in (the server would take password, which preferredAuthentications leaves out)',
      'preferredAuthentications',
    ],
    [
      '10.0.0.7:22 does not let ada in (no key to offer; after a partial success it wants publickey)',
      'AuthenticationMethods',
    ],
    [
      '10.0.0.7:22 closed the connection while ada was logging in; the server says: Your account has expired',
      '`chage -l ada`',
    ],
    ['10.0.0.7:22 does not let ada in (the server asks “OTP:” and nobody answers)', 'somebody can be asked'],
    ['the server opens no more sessions (its MaxSessions)', 'Raise MaxSessions'],
    ['logged in as git, but the login shell gave no sh (it says: This account is not available.)', 'chsh'],
    ['logged in as git, but no shell answered within 10 s', 'start-up files'],
    ['the jump host cannot reach 10.0.0.7:22 (Connection refused)', 'AllowTcpForwarding'],
    [
      'no more connections: 976 of the 1024 files this process may have open are in use; raise `ulimit -n`',
      'LimitNOFILE',
    ],
    ['wrong sudo password for deploy', 'sudoPassword'],
    ['deploy may not become root with sudo (deploy is not in the sudoers file.)', 'visudo'],
    ['the host stopped answering', 'comes back by itself'],
    ['something nobody has thought of', 'journalctl'],
  ])('%s', (reason, advice) => {
    expect(adviceFor({ host: 'web-1', reason })).toContain(advice)
  })

  test.each([
    ['10.0.0.7:22', '/home/me/.ssh/known_hosts', undefined, 'ssh-keygen -f /home/me/.ssh/known_hosts -R 10.0.0.7'],
    ['10.0.0.7:2222', '/k', undefined, "ssh-keygen -f /k -R '[10.0.0.7]:2222'"],
    ['[fd00::7]:22', '/my keys/k', undefined, "ssh-keygen -f '/my keys/k' -R fd00::7"],
    ['10.0.0.7:2222', '/k', 'gate', 'ssh-keygen -f /k -R gate'],
  ])('a changed host key at %s in %s: the very line to run', (where, file, hostKeyAlias, line) => {
    const reason = `the host key of ${where} has CHANGED: known is ssh-ed25519 SHA256:a (${file}:12), shown was ssh-ed25519 SHA256:b; if the change is expected, remove that line`
    expect(adviceFor({ host: 'web-1', reason, hostKeyAlias })).toContain(`\`${line}\``)
  })
})
