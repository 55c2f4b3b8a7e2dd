import type { ConnectSettings } from '../../connect/connector.js'
import { UsageError } from '../../errors.js'
import { words } from './ini.js'

type Setting = (value: string) => ConnectSettings

/** Keywords of ssh's `-o` that a connection of muster has a setting for. */
const KEYWORDS: Readonly<Record<string, Setting>> = {
  user: user => ({ user }),
  port: port => ({ port: Number(port) }),
  identityfile: identityFile => ({ identityFile }),
  certificatefile: certificateFile => ({ certificateFile }),
  identitiesonly: value => ({ identitiesOnly: isYes(value) }),
  forwardagent: value => ({ forwardAgent: isYes(value) }),
  proxyjump: proxyJump => ({ proxyJump }),
  proxycommand: proxyCommand => ({ proxyCommand }),
  stricthostkeychecking: value => ({ strictHostKeyChecking: strictness(value) }),
  userknownhostsfile: value => ({ knownHostsFile: words(value) }),
  preferredauthentications: preferredAuthentications => ({ preferredAuthentications }),
  connecttimeout: value => ({ connectTimeout: Number(value) }),
  serveraliveinterval: value => ({ serverAliveInterval: Number(value) }),
  serveralivecountmax: value => ({ serverAliveCountMax: Number(value) }),
  hostkeyalgorithms: hostKeyAlgorithms => ({ hostKeyAlgorithms }),
  hostkeyalias: hostKeyAlias => ({ hostKeyAlias }),
  kexalgorithms: kexAlgorithms => ({ kexAlgorithms }),
  ciphers: ciphers => ({ ciphers }),
  macs: macs => ({ macs }),
}

/** What only concerns how ssh(1) itself keeps its connections, or what it prints. */
const NEEDLESS = /^(?:control(?:master|path|persist)|loglevel|compression|batchmode|requesttty)$/

const FLAGS: Readonly<Record<string, Setting>> = {
  J: proxyJump => ({ proxyJump }),
  i: identityFile => ({ identityFile }),
  p: port => ({ port: Number(port) }),
  l: user => ({ user }),
  F: sshConfigFile => ({ sshConfigFile }),
}

/**
 * The settings that arguments of ssh(1) stand for: `-o ProxyJump=bastion -o StrictHostKeyChecking=no`.
 *
 * @throws {UsageError} naming an argument that stands for no setting: left out, a host might be reached another way than was meant
 */
export function sshArguments(text: string): ConnectSettings {
  const left = words(text)
  let settings: ConnectSettings = {}
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, flag = '', joined = ''] = /^-([A-Za-z])(.*)$/s.exec(word) ?? []
    if (/^[ACTqtvx46]$/.test(flag) && /^[ACTqtvx46]*$/.test(joined)) {
      if (`${flag}${joined}`.includes('A')) settings = { ...settings, forwardAgent: true }
      continue
    }
    const value = joined === '' ? left.shift() : joined
    const setting = flag === 'o' ? undefined : FLAGS[flag]
    if (value === undefined || (flag !== 'o' && !setting)) throw unknown(word)
    settings = { ...settings, ...(setting ? setting(value) : option(value)) }
  }
  return settings
}

function option(text: string): ConnectSettings {
  const [, keyword = '', quoted = ''] = /^\s*(\w+)\s*(?:=|\s)\s*(.*)$/s.exec(text) ?? []
  const name = keyword.toLowerCase()
  if (NEEDLESS.test(name)) return {}
  const setting = KEYWORDS[name]
  if (!setting) throw unknown(`-o ${text}`)
  return setting(quoted.replace(/^"(.*)"$/s, '$1'))
}

function unknown(argument: string): UsageError {
  return new UsageError(
    `muster has no setting for the ssh argument ${argument}: put it into ~/.ssh/config, which is read`,
  )
}

const isYes = (value: string): boolean => /^(?:yes|true)$/i.test(value)

function strictness(value: string): NonNullable<ConnectSettings['strictHostKeyChecking']> {
  const known = (['yes', 'accept-new', 'ask', 'no'] as const).find(each => each === value.toLowerCase())
  return known ?? (value.toLowerCase() === 'off' ? 'no' : 'yes')
}
