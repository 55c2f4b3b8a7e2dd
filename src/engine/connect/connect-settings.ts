import { UsageError } from '../errors.js'
import { suggest } from '../nodeset/pattern.js'
import { Secret, SecretPrompt } from '../secret.js'
import type { ConnectSettings } from './connector.js'

/** What a setting must be, in words and as a test. */
interface Rule {
  readonly is: (value: unknown) => boolean
  readonly wanted: string
}

const text: Rule = { is: isText, wanted: 'text' }
const switched: Rule = { is: value => typeof value === 'boolean', wanted: 'true or false' }
const texts: Rule = {
  is: value => isText(value) || (Array.isArray(value) && value.every(isText)),
  wanted: 'text or a list of texts',
}
const textOrFalse: Rule = { is: value => isText(value) || value === false, wanted: 'text or false' }
const secret: Rule = {
  is: value => isText(value) || value instanceof Secret || value instanceof SecretPrompt,
  wanted: 'text or a secret',
}
const RULES: { readonly [Key in keyof Required<ConnectSettings>]: Rule } = {
  connector: text,
  address: text,
  port: { is: value => isWhole(value, 1) && Number(value) <= 65_535, wanted: 'a TCP port (1 to 65535)' },
  user: text,
  password: secret,
  identityFile: texts,
  certificateFile: texts,
  identitiesOnly: switched,
  agent: textOrFalse,
  forwardAgent: { is: value => typeof value === 'boolean' || isText(value), wanted: 'true, false or a socket path' },
  preferredAuthentications: texts,
  numberOfPasswordPrompts: { is: value => isWhole(value, 0), wanted: 'a whole number' },
  addressFamily: oneOf('any', 'inet', 'inet6'),
  bindAddress: text,
  knownHostsFile: texts,
  strictHostKeyChecking: oneOf('yes', 'accept-new', 'ask', 'no'),
  hashKnownHosts: switched,
  hostKeyAlias: text,
  hostKeyAlgorithms: texts,
  kexAlgorithms: texts,
  ciphers: texts,
  macs: texts,
  proxyJump: textOrFalse,
  proxyCommand: textOrFalse,
  connectTimeout: { is: value => isNumber(value) && Number(value) > 0, wanted: 'seconds above 0' },
  connectionAttempts: { is: value => isWhole(value, 1), wanted: 'a whole number from 1' },
  serverAliveInterval: { is: value => isNumber(value) && Number(value) >= 0, wanted: 'seconds from 0' },
  serverAliveCountMax: { is: value => isWhole(value, 1), wanted: 'a whole number from 1' },
  sudoPassword: {
    is: value => secret.is(value) || typeof value === 'function',
    wanted: 'text, a secret or a function that gives one',
  },
  sshConfigFile: textOrFalse,
  root: text,
}

/**
 * Checks connection settings as somebody wrote them, whose types the compiler may never have seen.
 *
 * @param settings read key by key; `undefined` stands for a key that is not there.
 * @param where what they belong to, for the message: `inventory.json: host web-1`.
 * @throws {UsageError} naming the first key that is not there to be set, or whose value makes no sense.
 */
export function checkConnectSettings(settings: object, where: string): void {
  for (const [key, value] of Object.entries(settings)) {
    if (!isSetting(key))
      throw new UsageError(`${where}: there is no connection setting ${key}${suggest(key, Object.keys(RULES))}`)
    const rule = RULES[key]
    if (value !== undefined && !rule.is(value))
      throw new UsageError(`${where}: ${key} must be ${rule.wanted}${shown(key, value)}.`)
  }
  const { proxyJump, proxyCommand }: ConnectSettings = settings
  if (isRoute(proxyJump) && isRoute(proxyCommand))
    throw new UsageError(`${where}: proxyJump and proxyCommand are two ways to the same host; set one of them.`)
}

/** Whether a value of proxyJump or proxyCommand leads anywhere. */
export function isRoute(value: string | false | undefined): value is string {
  return value !== undefined && value !== false && value.toLowerCase() !== 'none' && value !== ''
}

function isSetting(key: string): key is keyof ConnectSettings {
  return Object.hasOwn(RULES, key)
}

function oneOf(...values: readonly string[]): Rule {
  return { is: value => values.some(each => each === value), wanted: `one of ${values.join(', ')}` }
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value)
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isInteger(value) && Number(value) >= least
}

/** A password is never repeated, whatever was written for it. */
function shown(key: string, value: unknown): string {
  return /password/i.test(key) ? '' : `, not ${JSON.stringify(value) ?? String(value)}`
}
