import { UnreachableError } from '../errors.js'

/** What npm ssh2 lacks and OpenSSH's `ssh` has. */
export type OpenSshFeature =
  /** The host is vouched for by a `@cert-authority`; its certificate must be checked. */
  | 'host-certificate'
  /** The user logs in by a certificate. */
  | 'user-certificate'
  /** The key lives in a FIDO token (`sk-ssh-ed25519@openssh.com`, `sk-ecdsa-sha2-nistp256@openssh.com`). */
  | 'security-key'
  /** GSSAPI (Kerberos) or host-based authentication is all that is left. */
  | 'authentication-method'
  /** A key of a type that ssh2 does not know. */
  | 'key-type'
  /** The server shares no algorithm with ssh2, which has no post-quantum key exchange for one. */
  | 'algorithm'
  /** RevokedHostKeys names a binary revocation list (KRL). */
  | 'revocation-list'
  /** ssh_config sets PKCS11Provider, KnownHostsCommand or another keyword that muster does not heed itself. */
  | 'configuration'
  /** A ProxyCommand hands over a connected socket (ProxyUseFdpass), for which Node has no call. */
  | 'proxy-socket'

/**
 * The host cannot be served by npm ssh2, and OpenSSH's `ssh` may be able to. Nothing was run on the host.
 *
 * Thrown by {@link SshConnector.open}, as early as it can be told: before a byte is sent where the settings show it
 * (certificate chosen, certificate authority in known_hosts), else after the server has refused all that ssh2 can offer.
 * Whoever holds the `openssh` connector catches it, opens the same endpoint there, and notes {@link UnreachableError.reason};
 * where nobody does, it is an ordinary {@link UnreachableError} with one clear sentence.
 *
 * @example
 * try {
 *   return await ssh.open(endpoint, context)
 * } catch (error) {
 *   if (!(error instanceof NeedsOpenSsh)) throw error
 *   context.note(`by the system's ssh: ${error.reason}`)
 *   return await openssh.open(endpoint, context)
 * }
 */
export class NeedsOpenSsh extends UnreachableError {
  constructor(
    host: string,
    reason: string,
    /** What is missing, for programs; {@link UnreachableError.reason} says it to people. */
    readonly feature: OpenSshFeature,
    options?: ErrorOptions,
  ) {
    super(host, reason, options)
  }
}

/** OpenSSH's `ssh` is needed and not installed. */
export class SshMissing extends UnreachableError {
  constructor(host: string) {
    super(host, 'the openssh connector needs the program ssh, which is not installed here: install the OpenSSH client')
  }
}
