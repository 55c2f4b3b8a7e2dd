import type { StreamAddress } from './connector.js'

/** As a person writes it: `db:5432`, `[::1]:5432`, `/run/app.sock`. */
export function addressText(address: StreamAddress): string {
  if ('path' in address) return address.path
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}
