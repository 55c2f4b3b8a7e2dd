import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2'

/** The hash of an RSA signature; other keys have their own. */
export type Hash = SigningRequestOptions['hash']

/** Presents one key to ssh2 in the form of an agent, the one way in which it lets a signature take time. */
export class OfferAgent extends ssh2.BaseAgent<ParsedKey> {
  /** The server wanted the key, and has its signature. */
  signed = false
  /** What went wrong while signing, in the user's terms. */
  problem: string | undefined

  constructor(
    private readonly key: ParsedKey,
    private readonly makeSignature: (data: Buffer, hash: Hash) => Promise<Buffer>,
  ) {
    super()
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [this.key])
  }

  override sign(
    _key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const callback = typeof options === 'function' ? options : done
    const hash = typeof options === 'function' ? undefined : options.hash
    this.makeSignature(data, hash).then(
      signature => {
        this.signed = true
        callback?.(null, signature)
      },
      (error: Error) => {
        this.problem = error.message
        callback?.(error)
      },
    )
  }
}
