import { hostname, userInfo } from 'node:os'

/** Who sits here, and at which machine: `alice@laptop`; for somebody who became root by sudo or doas, their own name. */
export function whoAmI(environment: NodeJS.ProcessEnv = process.env): string {
  const { SUDO_USER: sudo, DOAS_USER: doas } = environment
  return `${sudo || doas || userName()}@${hostname()}`
}

/** A user that has no entry in the password file has only a number. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
