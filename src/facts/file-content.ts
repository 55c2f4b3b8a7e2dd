import { createHash } from 'node:crypto'

/** What a regular file holds. */
export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  /** Not UTF-8, or with NUL characters. */
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }
  /** More than {@link LARGE} bytes: told by its hash. */
  | { readonly kind: 'large'; readonly size: number; readonly sha256: string }

/** Bytes beyond which a file is compared by its hash. */
export const LARGE = 1024 * 1024

/** Sorts bytes into text, binary and large. */
export function contentOf(bytes: Uint8Array): FileContent {
  if (bytes.length > LARGE) return { kind: 'large', size: bytes.length, sha256: sha256Of(bytes) }
  const text = decodeUtf8(bytes)
  return text === undefined || text.includes('\0') ? { kind: 'binary', bytes } : { kind: 'text', text }
}

/** Bytes as text, exactly (a byte order mark stays); `undefined` where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** SHA-256 as lower-case hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
