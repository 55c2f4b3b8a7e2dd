import { MusterError } from '../errors.js'

/** A place in a source file, as editors count: line and column start at 1. */
export interface SourcePosition {
  readonly line: number
  readonly column: number
}

/**
 * A user's file cannot be compiled or linked: a syntax error, an import that leads nowhere.
 * The message is one sentence that starts with `file:line:column`.
 *
 * @example
 * new SourceError({ file: 'deploy.ts', line: 3, column: 7, reason: "',' expected.", code: 1005 }).message
 * // "deploy.ts:3:7: ',' expected."
 */
export class SourceError extends MusterError {
  override readonly name = 'SourceError'
  readonly file: string
  readonly line: number
  readonly column: number
  /** What is wrong, without the place. */
  readonly reason: string
  /** TypeScript's number for the error, where it has one. */
  readonly code: number | undefined

  constructor(fault: { file: string; line: number; column: number; reason: string; code?: number | undefined }) {
    super(`${fault.file}:${fault.line}:${fault.column}: ${fault.reason}`)
    this.file = fault.file
    this.line = fault.line
    this.column = fault.column
    this.reason = fault.reason
    this.code = fault.code
  }
}
