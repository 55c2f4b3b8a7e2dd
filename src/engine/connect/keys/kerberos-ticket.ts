import { existsSync } from 'node:fs'

/**
 * Whether the person may hold a Kerberos ticket: where MIT Kerberos and Heimdal keep it unless told otherwise, or wherever `KRB5CCNAME`
 * says (kerberos(7)). Whether it is good for a host only ssh finds out.
 */
export function mayHoldTicket(): boolean {
  const cache = process.env.KRB5CCNAME ?? `FILE:/tmp/krb5cc_${process.getuid?.()}`
  const file = /^(?:FILE:)?(\/.*)$/s.exec(cache)?.[1]
  return file === undefined ? cache !== '' : existsSync(file)
}
