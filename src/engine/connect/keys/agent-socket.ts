import type { ConnectSettings } from '../connector.js'

/** The socket of the agent whose keys are offered: the inventory's, else IdentityAgent's, else `$SSH_AUTH_SOCK`. */
export function agentSocket(settings: ConnectSettings, configured: string | undefined): string | undefined {
  if (settings.agent === false) return undefined
  const value = settings.agent ?? configured
  if (value === undefined || value === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK
  return value === 'none' ? undefined : variableOrPath(value)
}

/** The socket of the agent that commands may use (ssh_config(5), ForwardAgent); `agent` is the one whose keys are offered. */
export function forwardedAgent(
  settings: ConnectSettings,
  configured: string | undefined,
  agent: string | undefined,
): string | undefined {
  const value = settings.forwardAgent ?? configured
  if (value === undefined || value === false || value === 'no') return undefined
  return value === true || value === 'yes' ? agent : variableOrPath(value)
}

/** `$NAME` and `${NAME}` as a whole stand for what is in the variable. */
function variableOrPath(value: string): string | undefined {
  const variable = /^\$(?:\{(\w+)\}|(\w+))$/.exec(value)
  return variable ? process.env[variable[1] ?? variable[2] ?? ''] : value
}
