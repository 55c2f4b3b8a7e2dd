import { isIPv6 } from 'node:net'

/**
 * Splits `host:port`, `[address]:port` and `[address]`; an IPv6 address without brackets has no port.
 * @example
 * splitAddress('[fe80::1%eth0]:2222') // { host: 'fe80::1%eth0', port: 2222 }
 */
export function splitAddress(text: string): { readonly host: string; readonly port?: number } {
  const found = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text)
  const host = found?.[1] ?? found?.[2]
  if (host === undefined) return { host: text }
  return { host, ...(found?.[3] === undefined ? {} : { port: Number(found[3]) }) }
}

/**
 * The form in which a host is connected to and looked up in known_hosts: names in lower case, addresses as the system
 * writes them (ssh.c, resolve_canonicalize): `127.1` is `127.0.0.1`, `::0001` is `::1`.
 */
export function canonicalHost(host: string): string {
  if (/^[\d.]+$/.test(host)) return parsedHost(host) ?? host
  if (!host.includes(':')) return host.toLowerCase()
  const [address = '', zone] = host.split('%', 2)
  if (!isIPv6(address)) return host
  // A URL would write the IPv4 address at the end of some in hexadecimal.
  const short = address.includes('.') ? address.toLowerCase() : (parsedHost(`[${address}]`)?.slice(1, -1) ?? address)
  return zone === undefined ? short : `${short}%${zone}`
}

function parsedHost(host: string): string | undefined {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname : undefined
}
