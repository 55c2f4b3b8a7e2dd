import type { KeyOffer } from './key-offer.js'

/** Which keys servers have let in, so that they are offered first from then on and nobody's MaxAuthTries is used up. */
export class AcceptedKeys {
  readonly #ofHost = new Map<string, string>()
  /** Latest first. */
  readonly #ofUser = new Map<string, readonly string[]>()

  /**
   * @param host where the key was accepted, `address:port`.
   * @param key in SSH wire format, base64.
   */
  remember(user: string, host: string, key: string): void {
    this.#ofHost.set(`${user}@${host}`, key)
    const known = this.#ofUser.get(user) ?? []
    if (known[0] !== key) this.#ofUser.set(user, [key, ...known.filter(each => each !== key)])
  }

  /** The same offers: the key that this host has accepted first, then those that let the same user in elsewhere, then the others. */
  order(user: string, host: string, offers: readonly KeyOffer[]): readonly KeyOffer[] {
    const own = this.#ofHost.get(`${user}@${host}`)
    const keys = [...(own === undefined ? [] : [own]), ...(this.#ofUser.get(user) ?? [])]
    const rank = (offer: KeyOffer) => {
      const at = keys.indexOf(wireKey(offer))
      return at < 0 ? keys.length : at
    }
    return offers.toSorted((one, other) => rank(one) - rank(other))
  }
}

/** The public key in SSH wire format, base64; empty while it is locked away with the private one. */
function wireKey({ publicKey }: KeyOffer): string {
  return publicKey?.getPublicSSH().toString('base64') ?? ''
}
