/** A file of a demo host. Directories on the way are made; owner and group are root. */
export interface DemoFile {
  readonly path: string
  readonly content: string | Uint8Array
  /** Permission bits as octal text; default `0644`. */
  readonly mode?: string
}
