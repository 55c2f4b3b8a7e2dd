/** Root of all errors muster raises on purpose: the message is one sentence fit for the person at the prompt. */
export class MusterError extends Error {
  override readonly name: string = 'MusterError'
}

/** The person's input is wrong: an unknown host, a bad pattern, an inventory that does not fit. Exit code 2 on the command line. */
export class UsageError extends MusterError {
  override readonly name = 'UsageError'
}

/** The person declined: nothing was applied, and what follows in the cell is not run. */
export class DeclinedError extends MusterError {
  override readonly name = 'DeclinedError'
}

/** A host cannot be reached: nothing was run on it. */
export class UnreachableError extends MusterError {
  override readonly name = 'UnreachableError'
  constructor(
    readonly host: string,
    /** The reason, without the host's name: `connection refused at 10.0.0.7:22`. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${reason}`, options)
  }
}

/** The command was sent and then cut off (link lost, shell killed, time-out, cancelled): its effect is unknown and it is not repeated. */
export class InterruptedError extends MusterError {
  override readonly name = 'InterruptedError'
  constructor(
    readonly host: string,
    readonly how: 'lost' | 'shell-died' | 'timeout' | 'cancelled',
    readonly reason: string,
    /** What the command had said by then. */
    readonly partial?: { readonly stdout: Uint8Array; readonly stderr: Uint8Array },
  ) {
    super(`${host}: ${reason}`)
  }
}

/** sudo, su or doas refused: wrong password, not permitted, not installed. */
export class IdentityError extends MusterError {
  override readonly name = 'IdentityError'
  constructor(
    readonly host: string,
    readonly reason: string,
  ) {
    super(`${host}: ${reason}`)
  }
}

/** A file on a host cannot be read or written: it or its directory is missing, permission, no space. */
export class FileError extends MusterError {
  override readonly name = 'FileError'
  constructor(
    readonly host: string,
    readonly path: string,
    /** The reason, without host and path: `the directory does not exist`. */
    readonly reason: string,
  ) {
    super(`${host}: ${path}: ${reason}`)
  }
}

/** A host (or its connector) does not carry a stream: forwarding is forbidden there, the port is taken, or nothing answers at the far end. */
export class ForwardError extends MusterError {
  override readonly name = 'ForwardError'
  constructor(
    readonly host: string,
    /** The reason, without the host's name: `cannot reach localhost:5432 (Connection refused)`. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${reason}`, options)
  }
}
