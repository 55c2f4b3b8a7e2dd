import { UnreachableError } from '../../errors.js'
import { NeedsOpenSsh } from '../needs-openssh.js'

/** A jump host could not be reached; the same failure serves all hosts behind it, and those behind the jump hosts behind it. */
export class JumpFailure extends Error {
  constructor(jump: string, reason: string, cause: unknown) {
    super(`jump host ${jump}: ${reason}`, { cause })
  }

  /** As the error of a host behind it. */
  of(host: string): UnreachableError {
    const { cause, message } = this
    return cause instanceof NeedsOpenSsh
      ? new NeedsOpenSsh(host, message, cause.feature, { cause: this })
      : new UnreachableError(host, message, { cause: this })
  }
}
