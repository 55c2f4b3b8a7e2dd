/** A file could not even be opened over sftp, which may see another file system than shells do. */
export class NotOpened extends Error {}

/** The sftp channel ended under a request. */
export class SftpEnded extends Error {}

/** The file-transfer subsystem of a host, on a channel of its own. `window` says how many requests may be under way. */
export interface Sftp {
  /**
   * Creates a file that is not there yet, readable by nobody else, and fills it; it is on disk when this resolves, where the
   * server can see to it. `onBytes` is told of what has been written.
   * @throws {NotOpened} it could not be made.
   */
  create(
    path: string,
    chunks: AsyncIterable<Buffer>,
    options: { readonly window: () => number; readonly onBytes: (count: number) => void },
  ): Promise<void>
  /** The bytes of a file in order, read ahead, to its end. A piece is good until the next one is asked for. @throws {NotOpened} */
  read(path: string, options: { readonly window: () => number }): AsyncIterable<Buffer>
  /** Resolves when the channel has ended. Never rejects. */
  readonly exit: Promise<void>
  close(): void
}
