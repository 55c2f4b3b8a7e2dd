/** Values in SSH wire format (RFC 4251 5), to be put one behind the other. */
export const byte = (value: number): Buffer => Buffer.from([value])

export const flag = (value: boolean): Buffer => byte(value ? 1 : 0)

export function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

/** A string: its length, then its bytes; text as UTF-8. */
export function counted(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  return Buffer.concat([u32(bytes.length), bytes])
}

/** Reads values in SSH wire format off a buffer. Every method throws a `RangeError` past its end. */
export class WireReader {
  #at = 0

  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    const value = this.bytes.readUInt8(this.#at)
    this.#at += 1
    return value
  }

  /** Whether everything has been read. */
  get done(): boolean {
    return this.#at >= this.bytes.length
  }

  flag(): boolean {
    return this.byte() !== 0
  }

  u64(): bigint {
    const value = this.bytes.readBigUInt64BE(this.#at)
    this.#at += 8
    return value
  }

  u32(): number {
    const value = this.bytes.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  counted(): Buffer {
    const length = this.u32()
    if (length > this.bytes.length - this.#at) throw new RangeError('a string longer than its packet')
    this.#at += length
    return this.bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.counted().toString('utf8')
  }
}

/** Cuts a byte stream into the counted packets it is made of, however it arrives. */
export class PacketSplitter {
  #chunks: Buffer[] = []
  #held = 0

  /** @throws {RangeError} when a packet claims to be longer than `most` bytes: this is not the protocol we speak. */
  constructor(private readonly most: number) {}

  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const packets: Buffer[] = []
    let bytes: Buffer | undefined
    let at = 0
    for (;;) {
      if (this.#held - at < 4) break
      bytes ??= this.#joined()
      const length = bytes.readUInt32BE(at)
      if (length > this.most) throw new RangeError(`a packet of ${length} bytes`)
      if (this.#held - at < 4 + length) break
      packets.push(bytes.subarray(at + 4, at + 4 + length))
      at += 4 + length
    }
    if (bytes && at > 0) {
      const rest = bytes.subarray(at)
      this.#chunks = rest.length === 0 ? [] : [rest]
      this.#held = rest.length
    }
    return packets
  }

  #joined(): Buffer {
    const [only] = this.#chunks
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, this.#held)
    this.#chunks = [bytes]
    return bytes
  }
}
