import { createHash } from 'node:crypto'

/** What a host computes checksums with: SHA-256 where any of the usual programs is there, else POSIX `cksum`. */
export type Algorithm = 'sha256' | 'cksum'

/** Takes the bytes of a file in order and gives their checksum as a host prints it. */
export interface Checksum {
  update(chunk: Uint8Array): void
  /** Lower-case hexadecimal for `sha256`; `CRC SIZE` for `cksum`. */
  value(): string
}

export function checksumOf(algorithm: Algorithm): Checksum {
  return algorithm === 'sha256' ? sha256() : cksum()
}

function sha256(): Checksum {
  const hash = createHash('sha256')
  return { update: chunk => void hash.update(chunk), value: () => hash.digest('hex') }
}

/** cksum(1p): a CRC of the bytes and then of their count, least significant byte first. */
function cksum(): Checksum {
  let crc = 0
  let size = 0
  const take = (byte: number): void => {
    crc = ((crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0
  }
  return {
    update(chunk) {
      for (const byte of chunk) take(byte)
      size += chunk.length
    },
    value() {
      for (let left = size; left > 0; left = Math.floor(left / 256)) take(left % 256)
      return `${~crc >>> 0} ${size}`
    },
  }
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})

/** The checksum in what a program printed; `undefined` where there is none. */
export function readChecksum(algorithm: Algorithm, printed: string): string | undefined {
  return (algorithm === 'sha256' ? /[0-9a-f]{64}/ : /^\d+ \d+/).exec(printed)?.[0]
}

/** Files from this size on are given to openssl where it is there: it uses the processor's own instructions, sha256sum may not. */
const BIG = 4 * 1024 * 1024

/**
 * `sh` text that sets `tool` to the {@link Algorithm} and defines `sum SIZE`, which prints the checksum of its stdin.
 * sha256sum: GNU, busybox. sha256: FreeBSD, OpenBSD. shasum: perl, macOS.
 */
export const SUM = `
have() { command -v "$1" >/dev/null 2>&1; }
tool=sha256
if have sha256sum; then sum_() { sha256sum; }
elif have sha256; then sum_() { sha256 -q; }
elif have shasum; then sum_() { shasum -a 256; }
elif have openssl; then sum_() { openssl dgst -sha256; }
else tool=cksum; sum_() { cksum; }; fi
if [ $tool = sha256 ] && have openssl; then
  sum() { if [ "$1" -ge ${BIG} ]; then openssl dgst -sha256; else sum_; fi; }
else sum() { sum_; }; fi
`
