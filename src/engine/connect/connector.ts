import type { Duplex, Readable, Writable } from 'node:stream'
import type { Secret, SecretPrompt } from '../secret.js'
import type { Asker } from './ask.js'
import type { Prover } from './credentials.js'
import type { Sftp } from './sftp.js'
import type { TraceNote } from './trace.js'

/** The steps of coming up, in order. A connector reports each as it enters it; the last one, `shell`, is the link's own: it waits for a held `sh`. */
export type Phase = 'resolving' | 'tcp' | 'kex' | 'auth' | 'shell'

/** Where a host's connection stands. `failed`: never came up; `lost`: was ready and broke. */
export type LinkState = 'idle' | Phase | 'ready' | 'lost' | 'failed' | 'closed'

/**
 * How to reach a host, merged from inventory, groups, the host itself and (below all of them) ssh_config.
 * The keys of the ssh connectors mean what ssh_config(5) says of the keyword of the same name.
 */
export interface ConnectSettings {
  /** Which connector: `ssh` unless said otherwise. */
  readonly connector?: string
  /** Host name or IP address to connect to, also `[address]:port`; default: what ssh_config says, else the host's name. */
  readonly address?: string
  /** TCP port; default 22. */
  readonly port?: number
  /** Login user; default: what ssh_config says, else the local user. */
  readonly user?: string
  readonly password?: string | Secret | SecretPrompt
  /** Private key files, tried in order. */
  readonly identityFile?: string | readonly string[]
  /** Certificates that go with the keys. */
  readonly certificateFile?: string | readonly string[]
  /** Offer the keys of `identityFile` alone, not the agent's others. */
  readonly identitiesOnly?: boolean
  /** Agent socket path, or `$NAME` for the path in that variable; `false` for no agent. Default: `$SSH_AUTH_SOCK`. */
  readonly agent?: string | false
  /** Let commands on the host use an agent of this machine: `true` for `agent`, or another socket path or `$NAME`. */
  readonly forwardAgent?: boolean | string
  /** Authentication methods in the order they are tried, comma-separated or a list: `publickey,password`. Others are not tried. */
  readonly preferredAuthentications?: string | readonly string[]
  /** How often a password is asked for before the host is given up; default 3. */
  readonly numberOfPasswordPrompts?: number
  /** Connect over IPv4 (`inet`) or IPv6 (`inet6`) only. */
  readonly addressFamily?: 'any' | 'inet' | 'inet6'
  /** Address of this machine to connect from. */
  readonly bindAddress?: string
  /** known_hosts files; default: ssh_config's, else `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`. */
  readonly knownHostsFile?: string | readonly string[]
  readonly strictHostKeyChecking?: 'yes' | 'accept-new' | 'ask' | 'no'
  /** Hide the names of hosts that are added to known_hosts. */
  readonly hashKnownHosts?: boolean
  /** Name to look up in known_hosts instead of the address. */
  readonly hostKeyAlias?: string
  /** Algorithms, comma-separated or a list, best first; `+` adds to the default, `-` takes away, `^` puts in front. */
  readonly hostKeyAlgorithms?: string | readonly string[]
  /** As {@link ConnectSettings.hostKeyAlgorithms}. */
  readonly kexAlgorithms?: string | readonly string[]
  /** As {@link ConnectSettings.hostKeyAlgorithms}. */
  readonly ciphers?: string | readonly string[]
  /** As {@link ConnectSettings.hostKeyAlgorithms}. */
  readonly macs?: string | readonly string[]
  /** Jump hosts, `user@host:port`, comma-separated, nearest first; `false` (or `none`) for none, whatever ssh_config says. */
  readonly proxyJump?: string | false
  /** Command whose stdin and stdout are the connection; `false` (or `none`) for none, whatever ssh_config says. */
  readonly proxyCommand?: string | false
  /** Seconds until a connection that has not come up is given up; default 10. */
  readonly connectTimeout?: number
  /** How often connecting is tried, a second apart, before the host is given up; default 1. */
  readonly connectionAttempts?: number
  /** Seconds of silence after which the host is asked whether it is there; 0: never. Default 5. */
  readonly serverAliveInterval?: number
  /** How many of these questions may stay without an answer before the link is lost; default 3. */
  readonly serverAliveCountMax?: number
  /** Password for sudo, su and doas on this host. */
  readonly sudoPassword?: string | Secret | SecretPrompt | (() => Promise<Secret>)
  /** ssh_config file to read instead of the user's; `false`: read none. */
  readonly sshConfigFile?: string | false
  /** Directory that the chroot connector takes for the host's file system. */
  readonly root?: string
}

/** One host as a connector sees it. */
export interface Endpoint {
  /** The host's name in the inventory. */
  readonly name: string
  readonly settings: ConnectSettings
  /** What the inventory says of another host of it: a jump host that is one of them is reached as that says. */
  readonly peer?: (name: string) => ConnectSettings | undefined
}

export interface OpenContext {
  readonly signal: AbortSignal
  readonly asker: Asker
  /** Passwords and passphrases, asked for once for all hosts. */
  readonly credentials: Prover
  /**
   * Does the work that keeps a server busy (key exchange and login) once there is a place among the hosts that connect at once.
   * What only waits, for a jump host above all, is done before asking for it.
   */
  turn<T>(work: () => Promise<T>): Promise<T>
  /** Called as each phase begins. */
  phase(phase: Phase): void
  /** Something worth showing in the doctor view: an address tried, a key offered, a refusal in the server's words; a string is a remark. */
  note(note: TraceNote | string): void
}

/** A way to run commands on a host. Everything above it is connector-agnostic. */
export interface Connector {
  readonly name: string
  /** @throws {UnreachableError} with one clear sentence when the connection cannot be made. */
  open(endpoint: Endpoint, context: OpenContext): Promise<Connection>
}

/** The server would not open another channel (its MaxSessions, or a limit of its own): a later try may succeed. */
export class ChannelRefused extends Error {}

/**
 * A channel was closed before the server said whether it starts what was asked for, and the connection goes on. Whether anything
 * was started nobody knows. Some versions of dropbear do so; `link/channel-turns.ts` says when.
 */
export class ChannelClosed extends Error {}

/** One open link to one host. */
export interface Connection {
  /** The user logged in as. */
  readonly user: string
  /**
   * Starts `command` by the login user's shell on a channel of its own.
   * @throws {ChannelRefused} when the server has no channel to spare.
   * @throws {ChannelClosed}
   */
  exec(command: string, options?: ExecOptions): Promise<Channel>
  /**
   * A byte stream from the host to an address as the host sees it (RFC 4254 7.2, `direct-tcpip`; a unix socket by OpenSSH's
   * `direct-streamlocal@openssh.com`), where the connector can.
   * @throws {Error} when the host refuses or cannot reach it, in one sentence without the host's name.
   */
  dial?(to: StreamAddress): Promise<Duplex>
  /**
   * Listens on the host (RFC 4254 7.1, `tcpip-forward`), where the connector can, until the listener is closed or the link ends.
   * @param at port 0: any free one; the listener tells which.
   * @param accept gets each connection made there.
   * @throws {Error} when the host refuses, in one sentence without the host's name.
   */
  listen?(at: StreamAddress, accept: (stream: Duplex) => void): Promise<StreamListener>
  /**
   * Opens the file-transfer subsystem, where the connector can.
   * @throws {ChannelRefused} when the server has no channel to spare.
   * @throws {Error} when the server does not serve it.
   */
  sftp?(): Promise<Sftp>
  /** Resolves, once, with the reason when the link ends (also after `close`). Never rejects. */
  readonly ended: Promise<string>
  close(): Promise<void>
}

/** Where a byte stream ends, as the side it ends on sees it: a TCP port or a unix socket. */
export type StreamAddress = { readonly host: string; readonly port: number } | { readonly path: string }

/** Something on the host that takes connections and hands them over. */
export interface StreamListener {
  /** Where it listens: with the port that the host chose, when that was left to it. */
  readonly at: StreamAddress
  /** Takes no more connections; those that are open go on. Never rejects. */
  close(): Promise<void>
}

/** What a command gets beside its three streams. */
export interface ExecOptions {
  /** A terminal on the far side; stdout and stderr then arrive as one. */
  readonly pty?: TerminalSize & {
    /** `$TERM`; default `xterm-256color`. */
    readonly term?: string
  }
  /** Lets the command use the agent of this machine. */
  readonly forwardAgent?: boolean
}

/** In character cells. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** A running command: three byte streams and an exit. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /**
   * Resolves when the command has ended and both outputs are drained, or a moment after its end
   * when something it left behind holds them open. Never rejects.
   */
  readonly exit: Promise<ChannelExit>
  /** Sends a signal to the command's process group, where the transport can. */
  signal?(name: 'TERM' | 'KILL'): void
  /** Tells a command on a terminal that its window has another size. */
  resize?(size: TerminalSize): void
  /** Gives the channel up; what runs on the far side may go on. */
  close(): void
}

export interface ChannelExit {
  /** Exit status; `null` when killed by a signal or when the link was lost. */
  readonly code: number | null
  readonly signal?: string
}
