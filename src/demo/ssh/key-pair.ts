import ssh2 from 'ssh2'

/** A key pair in OpenSSH's formats: the text of a private key file, and the line of its public half. */
export interface KeyPair {
  readonly private: string
  readonly public: string
}

/** Makes an Ed25519 key pair. One in three hundred that ssh2 1.17 makes cannot be read, not even by itself: another is made then. */
export function makeKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    if (isReadable(pair.private) && isReadable(pair.public)) return pair
  }
}

function isReadable(key: string): boolean {
  return !(ssh2.utils.parseKey(key) instanceof Error)
}
