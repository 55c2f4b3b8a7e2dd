import type { Duplex } from 'node:stream'
import type { InteractiveShell } from '../shell/interactive-shell.js'
import type { SpillFile } from '../shell/spill-file.js'
import type { Cargo } from '../transfer/cargo.js'
import type { Copied, OnBytes } from '../transfer/carrier.js'
import type { TreeOptions } from '../transfer/local-tree.js'
import type { ExecOptions, LinkState, StreamAddress, StreamListener } from './connector.js'
import type { ConnectTrace } from './trace.js'

/** Who a command runs as. */
export interface Identity {
  readonly via: 'login' | 'sudo' | 'su' | 'doas'
  /** Target user for sudo, su and doas; default `root`. */
  readonly user?: string
}

export const LOGIN: Identity = { via: 'login' }

export interface RunOptions {
  /** Default: the login user. */
  readonly identity?: Identity
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Bytes for the command's stdin; without it, stdin is `/dev/null`. */
  readonly stdin?: Uint8Array
  /** Milliseconds until the command and all it started is killed. */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** Most bytes kept of each of stdout and stderr; default 16 MiB. What is beyond is read and dropped, and `truncated` says so. */
  readonly maxBytes?: number
  /**
   * Keeps the whole of a big output, in a file where it does not fit into memory; what `stdout` and `stderr` hold then is its beginning.
   */
  readonly spill?: boolean
  /** A script of our own that neither reads stdin nor changes the shell (`cd`, `exit`, variables): run without a subshell, faster. */
  readonly bare?: boolean
  /** Interpreter other than the held `sh`: `bash`. The script is passed to it by `-c`. */
  readonly shell?: string
  /**
   * Runs it on a terminal, on a channel of its own: both outputs arrive as one, in `stdout`, with the terminal's `\r\n`.
   * `stdin` is typed there, then Ctrl-D.
   */
  readonly pty?: NonNullable<ExecOptions['pty']>
  /** Called with each piece of output as it arrives. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void
}

/** How a login shell is to start. */
export interface ShellOptions extends Pick<RunOptions, 'identity' | 'cwd' | 'env' | 'signal'> {
  readonly pty: NonNullable<ExecOptions['pty']>
}

/** How a command ended and what it said. */
export interface RawResult {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly exitCode: number
  /** Some of the output can no longer be had. */
  readonly truncated: boolean
  /** Where the whole of an output is that did not fit into memory. */
  readonly stdoutFile?: SpillFile
  readonly stderrFile?: SpillFile
  /** Milliseconds from sending to the end marker. */
  readonly ms: number
}

export interface WriteOptions {
  readonly identity?: Identity
  /** Permission bits as octal text, `0644`; default: those of the file replaced, else 0644. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  readonly signal?: AbortSignal
}

/** What is to be copied to a host, and how. */
export interface UploadRequest extends WriteOptions {
  readonly cargo: Cargo
  /** What the file or directory becomes; not where it is put into. Relative to the login user's home. */
  readonly path: string
  readonly onBytes?: OnBytes
}

/** What is to be copied from a host, and how. */
export interface DownloadRequest extends TreeOptions {
  /** On the host; relative to the login user's home. */
  readonly path: string
  /** What it becomes on this machine; not where it is put into. */
  readonly local: string
  readonly identity?: Identity
  readonly signal?: AbortSignal
  /** Replace files that are there and differ. */
  readonly overwrite?: boolean
  readonly onBytes?: OnBytes
}

/**
 * The live link to one host: connects on first use, holds one `sh` per identity, queues commands. Lost, it connects again at the
 * next use; where it may (see `LinkOptions.reconnect`), also by itself, less and less often.
 * A command that a lost link cut off is never repeated: its promise rejects with `InterruptedError`.
 */
export interface Link {
  readonly name: string
  readonly state: LinkState
  readonly standing: LinkStanding
  /** The last few attempts to connect, newest last. */
  readonly traces: readonly ConnectTrace[]
  /** Connects, unless it is connected; several callers share one attempt. @throws {UnreachableError} */
  connect(signal?: AbortSignal): Promise<void>
  /**
   * Runs a POSIX `sh` script and waits for its end. A non-zero exit is a result, not an exception.
   * @throws {UnreachableError} the host cannot be reached (nothing was run)
   * @throws {InterruptedError} the link or the shell was lost, or the time-out or `signal` came, after it was sent: its effect is unknown
   * @throws {IdentityError} sudo, su or doas refused
   */
  run(script: string, options?: RunOptions): Promise<RawResult>
  /** Starts a login shell on a terminal of its own. @throws as {@link run}, before the shell is there */
  shell(options: ShellOptions): Promise<InteractiveShell>
  /** Replaces a file atomically: temp file with its final mode in the same directory, then rename. @throws {FileError} */
  write(path: string, content: Uint8Array, options?: WriteOptions): Promise<void>
  /** Copies a file or tree of this machine to the host; see `upload`. @throws {FileError | InterruptedError | UsageError} */
  upload(request: UploadRequest): Promise<Copied>
  /** Copies a file or tree of the host to this machine; see `download`. @throws {FileError | InterruptedError | UsageError} */
  download(request: DownloadRequest): Promise<Copied>
  /** The bytes of a file. @throws {FileError} when it cannot be read. */
  read(path: string, options?: { readonly identity?: Identity; readonly signal?: AbortSignal }): Promise<Buffer>
  /**
   * A byte stream from the host to an address as the host sees it.
   * @throws {ForwardError} the host refuses or nothing answers there
   * @throws {UnreachableError}
   */
  dial(to: StreamAddress, signal?: AbortSignal): Promise<Duplex>
  /**
   * Listens on the host and hands over the connections made there, until the listener is closed or the connection is lost.
   * @throws {ForwardError} the host refuses
   * @throws {UnreachableError}
   */
  listen(at: StreamAddress, accept: (stream: Duplex) => void, signal?: AbortSignal): Promise<LinkListener>
  /** Gives the connection up without waiting for the host; the next use connects anew, nothing else does. */
  disconnect(): Promise<void>
  close(): Promise<void>
}

/** Where a link stands. */
export interface LinkStanding {
  readonly state: LinkState
  /** For how long, milliseconds. */
  readonly ms: number
  /** For `failed` and `lost`: one sentence. */
  readonly reason?: string
  /** The user it last logged in as. */
  readonly user?: string
}

/** Something on the host that takes connections. */
export interface LinkListener extends StreamListener {
  /** Resolves with the reason when the connection that it stood on ends. */
  readonly ended: Promise<string>
}

/** What a link reports as it lives; the engine turns these into events. */
export interface LinkObserver {
  state(change: LinkChange): void
  /** How long the host took to answer nothing, milliseconds; while a session is open. */
  latency(ms: number): void
}

export interface LinkChange {
  readonly host: string
  readonly state: LinkState
  /** Milliseconds spent in the state just left. */
  readonly ms: number
  /** For `failed` and `lost`: one sentence. */
  readonly reason?: string
  /** For `ready`: the user it logged in as. */
  readonly user?: string
  /** For `ready` and `failed`: how the attempt went. */
  readonly trace?: ConnectTrace
}
