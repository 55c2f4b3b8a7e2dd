import type { OpenContext } from '../connector.js'
import { TriesUsedUp } from './auth-dialogue.js'
import { LoginProgress } from './auth-progress.js'

/**
 * Connections to log in by, when the server keeps ending them because of too many attempts: as many as it takes for some twenty keys
 * under sshd's default of six, and fewer than sshd's penalties for failed logins (PerSourcePenalties) allow.
 */
const MOST_CONNECTIONS = 5

/**
 * Logs in, over several connections where the server allows fewer attempts on one than there are keys (MaxAuthTries in
 * sshd_config(5)); each goes on with what has not been tried.
 *
 * @param connect opens a connection and logs in; throws {@link TriesUsedUp} when the server has hung up and there is more to try.
 */
export async function overConnections<T>(
  context: OpenContext,
  connect: (progress: LoginProgress) => Promise<T>,
): Promise<T> {
  const progress = new LoginProgress()
  for (let connections = 1; ; connections += 1) {
    const before = progress.attempts
    try {
      return await connect(progress)
    } catch (error) {
      if (!(error instanceof TriesUsedUp)) throw error
      if (connections >= MOST_CONNECTIONS || progress.attempts === before) throw new Error(error.message)
      const tried = progress.attempts - before
      context.note(
        `the server hung up after ${tried} ${tried === 1 ? 'attempt' : 'attempts'} (MaxAuthTries): connecting again for the others`,
      )
    }
  }
}
