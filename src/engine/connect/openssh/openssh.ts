import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnreachableError } from '../../errors.js'
import { splitAddress } from '../addresses.js'
import type { Connection, Connector, Endpoint, OpenContext } from '../connector.js'
import { SshMissing } from '../needs-openssh.js'
import type { ConfigQuestion } from '../ssh-config/evaluate.js'
import { SshConfigReader } from '../ssh-config/reader.js'
import { CONTROL, OpenSshOpening, type OpenSshOpeningParts } from './opening.js'
import { findSsh, type SshProgram } from './program.js'

/** Default of `connectTimeout`, seconds. */
const CONNECT_S = 10
/** unix(7): a socket's path has 104 bytes at least; ssh binds under a name of 17 characters more, then renames. */
const LONGEST_FOLDER = 104 - `/${CONTROL}`.length - 18

/**
 * Connects by the system's `ssh`, for what npm ssh2 cannot do: certificates, security keys, GSSAPI, PKCS#11. One `ssh` per host
 * stays in the background as the master of the connection; commands go through its control socket.
 */
export class OpenSshConnector implements Connector {
  readonly name = 'openssh'
  readonly #config = new SshConfigReader()
  #program: Promise<SshProgram | undefined> | undefined

  async open(endpoint: Endpoint, context: OpenContext): Promise<Connection> {
    this.#program ??= findSsh()
    const program = await this.#program
    if (!program) {
      this.#program = undefined
      throw new SshMissing(endpoint.name)
    }
    const folder = await mkdtemp(join(shortTmp(), 'muster-'))
    try {
      return await new OpenSshOpening({
        endpoint,
        context,
        program,
        folder,
        configured: await this.#read(endpoint),
      }).open()
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      if (error instanceof UnreachableError) throw error
      throw new UnreachableError(endpoint.name, error instanceof Error ? error.message : String(error), {
        cause: error,
      })
    }
  }

  async #read(endpoint: Endpoint): Promise<OpenSshOpeningParts['configured']> {
    const { settings } = endpoint
    const values = await this.#config.read(question(endpoint), settings.sshConfigFile)
    const timeout = settings.connectTimeout ?? Number(values.get('connecttimeout')?.[0])
    const agent = settings.forwardAgent ?? values.get('forwardagent')?.[0] ?? false
    return { timeout: timeout > 0 ? timeout : CONNECT_S, forwardsAgent: agent !== false && agent !== 'no' }
  }
}

/** The system's folder for temporary files, unless a socket in it would have too long a name. */
function shortTmp(): string {
  const folder = tmpdir()
  return Buffer.byteLength(join(folder, 'muster-XXXXXX')) <= LONGEST_FOLDER ? folder : '/tmp'
}

/** What ssh is asked with: blocks of ssh_config may look at it. */
function question({ name, settings }: Endpoint): ConfigQuestion {
  const given = settings.address === undefined ? undefined : splitAddress(settings.address)
  const port = settings.port ?? given?.port
  return {
    host: name,
    ...(settings.user === undefined ? {} : { user: settings.user }),
    ...(port === undefined ? {} : { port }),
    ...(given === undefined ? {} : { hostName: given.host }),
  }
}
