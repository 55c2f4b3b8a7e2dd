/** What is known of a host whose connection failed, for the words of the advice. */
export interface Patient {
  readonly host: string
  /** One sentence, as the connection layer says it. */
  readonly reason: string
  /** Where it was tried to connect to, as far as the inventory tells; ssh_config may say otherwise. */
  readonly user?: string | undefined
  readonly hostKeyAlias?: string | undefined
}

interface Cause {
  /** How the reason reads. */
  readonly reads: RegExp
  readonly advice: string | ((found: RegExpExecArray, patient: Patient) => string)
}

/** Causes in the order in which they are tried: the first that fits has the say. */
const CAUSES: readonly Cause[] = [
  {
    reads: /cannot resolve the name (\S+) \(the name server does not answer\)/,
    advice: 'The name server itself does not answer: check /etc/resolv.conf and the VPN.',
  },
  {
    reads: /cannot resolve the name (\S+)|the name has no address/,
    advice: ([, name]) =>
      `Check the spelling with \`getent hosts ${name ?? 'NAME'}\`, or give the host an address in the inventory.`,
  },
  {
    reads: /jump host cannot reach|does not forward to|opens no stream to|no room for a stream to/,
    advice:
      'Log in to the jump host and try from there; its sshd must allow it (AllowTcpForwarding, PermitOpen) and must resolve the name itself.',
  },
  {
    reads: /connection refused/,
    advice: 'The machine is up and nothing listens on that port: is sshd running, and is it the right port?',
  },
  {
    reads: /no answer at|waiting for the TCP connection/,
    advice: 'The host is down, or a firewall drops what is sent to it: check address, port and VPN.',
  },
  {
    reads: /no route to host|network unreachable/,
    advice: 'There is no way there from this machine: check the address, the VPN and whether the host is on.',
  },
  {
    reads: /no more connections:|out of file descriptors/,
    advice: 'Raise the hard limit (`ulimit -Hn`, or LimitNOFILE of the service), or work on fewer hosts with --limit.',
  },
  {
    reads: /Exceeded MaxStartups/i,
    advice: 'Too many were logging in at once: raise MaxStartups in its sshd_config.',
  },
  {
    reads: /not allowed at this time/i,
    advice:
      'The server shuts this address out for a while after failed logins (PerSourcePenalties): mend the login, then wait.',
  },
  {
    reads: /closed the connection without a word of SSH/,
    advice:
      'Its log says why (`journalctl -u ssh`): MaxStartups, /etc/hosts.deny, missing host keys, or no SSH server on that port.',
  },
  {
    reads: /waiting for the key exchange/,
    advice:
      'Something takes connections there and says nothing: is it the SSH port? If so the server is frozen or overloaded.',
  },
  {
    reads: /does not answer as an SSH server/,
    advice: 'Another service answers there: is it the SSH port, and the right address?',
  },
  {
    reads: /shares no algorithm with us/,
    advice:
      'Server and muster have no algorithm in common: allow one of its own with kexAlgorithms, hostKeyAlgorithms, ciphers or macs.',
  },
  {
    reads: /the host key of (\S+) has CHANGED.*?\((\/[^)]*?|[^()]*?):(\d+)\)/,
    advice: ([, where = '', file], { hostKeyAlias }) =>
      `If the server was reinstalled: \`ssh-keygen -f ${shellWord(file ?? '')} -R ${shellWord(hostKeyAlias ?? knownAs(where))}\`, then connect again and compare the new fingerprint. If not, somebody may be listening in.`,
  },
  {
    reads: /the host key of \S+ is revoked/,
    advice: 'Do not connect: this key was withdrawn because somebody else may hold it. Ask who runs the server.',
  },
  {
    reads: /host certificate of \S+ is not valid|certificate authority/,
    advice:
      'Have the host certificate issued anew (right names, dates and authority), or add the host key itself to known_hosts.',
  },
  {
    reads: /the host key of (\S+) is not known(?:.*: add it to (.+?)(?: or set strictHostKeyChecking.*)?$)?/,
    advice: ([, where = '', file]) =>
      `Compare the fingerprint with \`ssh-keygen -lf\` of the key under /etc/ssh on the server itself, then accept it: connect once from a session and answer yes, or \`ssh-keyscan ${scanned(where)} >> ${file === undefined ? '~/.ssh/known_hosts' : shellWord(file)}\`.`,
  },
  {
    reads: /permissions \d+ for (\S+) are too open/,
    advice: ([, file = '']) => `Nobody else may read a private key: \`chmod 600 ${shellWord(file)}\`.`,
  },
  {
    reads: /the password of (\S+) has expired/,
    advice: ([, user = '']) => `Log in by hand once (\`ssh ${user}@…\`) and choose a new password.`,
  },
  {
    reads: /the certificate (\S+) \(.*\) (?:expired on|is valid only from)/,
    advice: ([, file = '']) => `Have it signed anew; \`ssh-keygen -Lf ${shellWord(file)}\` shows its times.`,
  },
  {
    reads: /which preferredAuthentications leaves out/,
    advice: 'Add the method to preferredAuthentications, or take that setting away.',
  },
  {
    reads: /after a partial success it wants/,
    advice: 'The server wants several proofs (its AuthenticationMethods): one was right, the one it names is missing.',
  },
  {
    reads: /closed the connection while (\S+) was logging in/,
    advice: ([, user = '']) =>
      `The login was right and the account is turned away: \`chage -l ${user}\`, /etc/nologin and the account modules of PAM on the host say why.`,
  },
  {
    reads: /the server asks .* and nobody answers/,
    advice: 'Run it where somebody can be asked: the server wants more than a password.',
  },
  {
    reads: /nobody gave its passphrase|wrong passphrase for (\S+)/,
    advice: 'Unlock the key with `ssh-add`, or run where somebody can be asked.',
  },
  {
    reads: /too many (keys|authentication failures)/i,
    advice:
      'The server counts every key offered (MaxAuthTries): name the right one with identityFile and set identitiesOnly.',
  },
  {
    reads: /does not let (\S+) in \(.*wrong password/,
    advice: ([, user]) =>
      `Try the password by hand (\`ssh ${user ?? ''}@…\`): it may be wrong, expired, or the account locked.`,
  },
  {
    reads: /does not let (\S+) in \(no key to offer.*would take a password/,
    advice: "Set password: secret.prompt('…') in the inventory, or name a key with identityFile.",
  },
  {
    reads: /does not let (\S+) in \(no key to offer/,
    advice: 'Name a key with identityFile, or start an agent and `ssh-add` one.',
  },
  {
    reads: /(\S+?):(\d+) does not let (\S+) in \(/,
    advice: ([, address, port, user]) =>
      `Put the public key into ~${user}/.ssh/authorized_keys (\`ssh-copy-id -p ${port} ${user}@${address}\`), or choose another key or user; sshd's log on the host says more.`,
  },
  {
    reads: /waiting for authentication/,
    advice: 'The server thinks about the login for too long: PAM, LDAP or a home directory on a dead network share.',
  },
  {
    reads: /MaxSessions|opens no more sessions/,
    advice: 'Raise MaxSessions in its sshd_config (10 unless set), or close other sessions over this connection.',
  },
  {
    reads: /login shell gave no sh|runs no commands/,
    advice:
      'muster needs a user whose login shell runs commands: `chsh -s /bin/sh`, drop ForceCommand, or choose another user in the inventory.',
  },
  {
    reads: /no shell answered within|waiting for a shell/,
    advice:
      "The login shell's start-up files wait for something (a question, a dead network share): try `ssh HOST true` by hand.",
  },
  {
    reads: /proxy ?command/i,
    advice: 'Run the ProxyCommand by hand: it must connect its stdin and stdout with the server.',
  },
  {
    reads: /needs the program ssh/,
    advice: 'Install the OpenSSH client, or set connector to ssh for this host.',
  },
  {
    reads: /(sudo|su|doas) (password|wants a password)|wrong (sudo|su|doas) password/,
    advice: "Set sudoPassword: secret.prompt('…') in the inventory, or let the user become another without a password.",
  },
  {
    reads: /may not become|is not installed/,
    advice: 'Let the user in with visudo (or doas.conf), or use another way: sudo, su or doas.',
  },
  {
    reads: /on a terminal alone/,
    advice:
      'Allow terminals in sshd_config (PermitTTY), or let the user in without one: nopass in doas.conf, !requiretty in sudoers.',
  },
  {
    reads: /stopped answering|connection lost|network connection|any more$|went down$|closed the connection$/,
    advice: 'Host or network went away while connected; an open session comes back by itself when they do.',
  },
]

const OTHERWISE = 'sshd writes down why on the host itself: `journalctl -u ssh` (or -u sshd).'

/**
 * What to do about a connection that failed.
 *
 * @example
 * adviceFor({ host: 'web-1', reason: 'connection refused at 10.0.0.7:22' })
 */
export function adviceFor(patient: Patient): string {
  for (const { reads, advice } of CAUSES) {
    const found = reads.exec(patient.reason)
    if (found) return typeof advice === 'string' ? advice : advice(found, patient)
  }
  return OTHERWISE
}

/** `192.0.2.1:22` → `192.0.2.1`, `192.0.2.1:2222` → `[192.0.2.1]:2222`: how known_hosts lists it. */
function knownAs(where: string): string {
  const { host, port } = parts(where)
  return port === '22' ? host : `[${host}]:${port}`
}

function scanned(where: string): string {
  const { host, port } = parts(where)
  return port === '22' ? host : `-p ${port} ${host}`
}

function parts(where: string): { host: string; port: string } {
  const [, host = where, port = '22'] = /^\[?(.*?)\]?:(\d+)$/.exec(where) ?? []
  return { host, port }
}

/** Quoted for the shell of whoever pastes it, but only where it needs to be. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
