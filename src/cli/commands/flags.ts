/** What every command that opens an inventory takes. */
export interface CommonFlags {
  readonly sshConfig?: boolean | string
  readonly limit?: string
  readonly json?: boolean
  readonly plain?: boolean
}
