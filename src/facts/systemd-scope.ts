import { z } from 'zod'
import { quote } from '../engine/shell/quote.js'

/** Whose systemd is asked. */
export const scopeArgs = {
  userMode: z.boolean().optional().describe("The user's own systemd instead of the system's."),
  machine: z.string().optional().describe('Name of a local container whose systemd is meant.'),
  userName: z.string().optional().describe('User whose systemd is meant, in the machine.'),
}

export interface Scope {
  readonly userMode?: boolean | undefined
  readonly machine?: string | undefined
  readonly userName?: string | undefined
}

/** `systemctl` with the options of a scope. */
export function systemctl({ userMode, machine, userName }: Scope): string {
  const at = machine ?? (userName ? '.host' : undefined)
  return [
    'systemctl',
    ...(userMode ? ['--user'] : []),
    ...(at ? [quote(`--machine=${userName ? `${userName}@` : ''}${at}`)] : []),
  ].join(' ')
}

/** What a unit's state is called among topics: `unit:nginx.service`; with its scope in front where that is not the system. */
export function unitTopic(unit: string, { userMode, machine, userName }: Scope): string {
  const scope = [...(userMode ? ['user'] : []), ...(userName ? [userName] : []), ...(machine ? [machine] : [])]
  return `unit:${[...scope, unit].join('/')}`
}
