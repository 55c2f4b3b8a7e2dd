import type { ConfigLine } from './lines.js'

/** How the arguments of a keyword are read. */
type Kind =
  | 'text'
  | 'port'
  | 'number'
  | 'seconds'
  /** Several words, of which each is a value. */
  | 'words'
  /** The rest of the line as it stands. */
  | 'command'
  | 'jump'
  /** One word a line; every line adds to what is there. */
  | 'each'
  /** yes and no, or also a path. */
  | 'agent'
  /** One of some words, in lower case. */
  | readonly string[]

const FLAG = ['yes', 'no']

/** The keywords muster acts on, and those by which others are judged. */
const KINDS: Readonly<Record<string, Kind>> = {
  addressfamily: ['any', 'inet', 'inet6'],
  batchmode: FLAG,
  bindaddress: 'text',
  canonicaldomains: 'words',
  canonicalizefallbacklocal: FLAG,
  canonicalizehostname: ['yes', 'no', 'always'],
  canonicalizemaxdots: 'number',
  certificatefile: 'each',
  checkhostip: FLAG,
  ciphers: 'text',
  connectionattempts: 'number',
  connecttimeout: 'seconds',
  forwardagent: 'agent',
  globalknownhostsfile: 'words',
  hashknownhosts: FLAG,
  hostkeyalgorithms: 'text',
  hostkeyalias: 'text',
  hostname: 'text',
  identitiesonly: FLAG,
  identityagent: 'text',
  identityfile: 'each',
  ignoreunknown: 'text',
  kbdinteractiveauthentication: FLAG,
  kexalgorithms: 'text',
  knownhostscommand: 'command',
  macs: 'text',
  nohostauthenticationforlocalhost: FLAG,
  numberofpasswordprompts: 'number',
  passwordauthentication: FLAG,
  pkcs11provider: 'text',
  port: 'port',
  preferredauthentications: 'text',
  proxycommand: 'command',
  proxyjump: 'jump',
  proxyusefdpass: FLAG,
  pubkeyauthentication: ['yes', 'no', 'unbound', 'host-bound'],
  revokedhostkeys: 'words',
  serveralivecountmax: 'number',
  serveraliveinterval: 'seconds',
  stricthostkeychecking: ['yes', 'no', 'ask', 'accept-new'],
  tag: 'text',
  user: 'text',
  userknownhostsfile: 'words',
  verifyhostkeydns: ['yes', 'no', 'ask'],
}

/** Keywords that shape the evaluation, or another connector's business, but are no setting of a connection. */
const NO_SETTING = new Set([
  'canonicaldomains',
  'canonicalizefallbacklocal',
  'canonicalizemaxdots',
  'ignoreunknown',
  'tag',
])

/** Older names of keywords. */
const ALIASES: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  identityfile2: 'identityfile',
}

/** Keywords OpenSSH knows and muster has no use for; any other is a mistake (readconf.c, keywords[]). */
const OTHERS = new Set(
  [
    'addkeystoagent afstokenpassing casignaturealgorithms canonicalizepermittedcnames channeltimeout cipher',
    'clearallforwardings compression compressionlevel controlmaster controlpath controlpersist dynamicforward',
    'enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fallbacktorsh fingerprinthash',
    'forkafterauthentication forwardx11 forwardx11timeout forwardx11trusted gatewayports globalknownhostsfile2',
    'gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange',
    'gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms hostbasedauthentication',
    'hostbasedkeytypes ipqos kbdinteractivedevices keepalive kerberosauthentication kerberostgtpassing',
    'localcommand localforward loglevel logverbose obscurekeystroketiming',
    'permitlocalcommand permitremoteopen protocol pubkeyacceptedalgorithms',
    'pubkeyacceptedkeytypes refuseconnection rekeylimit remotecommand remoteforward requesttty requiredrsasize',
    'rhostsauthentication rhostsrsaauthentication rsaauthentication securitykeyprovider sendenv',
    'sessiontype setenv smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tcpkeepalive',
    'tunnel tunneldevice updatehostkeys useprivilegedport userknownhostsfile2 useroaming usersh',
    'versionaddendum visualhostkey warnweakcrypto xauthlocation bindinterface',
  ].flatMap(line => line.split(' ')),
)

/** Words OpenSSH takes for one another. */
const SAME: Readonly<Record<string, string>> = { true: 'yes', false: 'no', off: 'no' }

/** Whether a keyword says something about a connection that muster acts on. */
export function isSetting(keyword: string): boolean {
  return Object.hasOwn(KINDS, keyword) && !NO_SETTING.has(keyword)
}

/** Whether every line of a keyword adds a value, instead of the first one winning. */
export function accumulates(keyword: string): boolean {
  return KINDS[keyword] === 'each'
}

/** A line's keyword under its usual name and its values, the value brought to the form in which OpenSSH prints it. */
export type Reading =
  | { readonly keyword: string; readonly values: readonly string[] }
  | { readonly problem: string }
  | 'of no use'

/**
 * Reads one line.
 * @param ignored pattern list of IgnoreUnknown: keywords that may be unknown.
 */
export function readLine(line: ConfigLine, ignored: (keyword: string) => boolean): Reading {
  const keyword = ALIASES[line.keyword] ?? line.keyword
  const kind = Object.hasOwn(KINDS, keyword) ? KINDS[keyword] : undefined
  if (kind === undefined) {
    if (OTHERS.has(keyword) || ignored(keyword)) return 'of no use'
    return { problem: `Bad configuration option: ${keyword}` }
  }
  if (kind === 'command') return { keyword, values: [line.rest.replace(/^[\s=]+/, '')] }
  if (kind === 'jump')
    return {
      keyword,
      values: [
        line.rest
          .replace(/^[\s=]+/, '')
          .replace(/#.*/s, '')
          .trimEnd(),
      ],
    }
  const [word = '', ...more] = line.words
  if (word === '') return { problem: 'Missing argument.' }
  if (kind === 'words') return { keyword, values: line.words }
  if (more.length > 0) return { problem: `keyword ${keyword} extra arguments at end of line` }
  // OpenSSH stores it as what an unset time is, so that a later line sets it.
  if (kind === 'seconds' && word === 'none') return 'of no use'
  const value = readWord(word, kind)
  return value === undefined ? { problem: `${keyword}: bad value '${word}'` } : { keyword, values: [value] }
}

/** Brings a value as `ssh -G` prints it to the form {@link readLine} gives. */
export function readPrinted(keyword: string, text: string): readonly string[] {
  const kind = Object.hasOwn(KINDS, keyword) ? KINDS[keyword] : undefined
  if (kind === 'words') return text.split(' ')
  return [typeof kind === 'object' || kind === 'agent' ? (SAME[text] ?? text) : text]
}

function readWord(word: string, kind: Exclude<Kind, 'command' | 'jump' | 'words'>): string | undefined {
  switch (kind) {
    case 'text':
    case 'each':
      return word
    case 'port':
      return word === 'ssh'
        ? '22'
        : /^\d{1,5}$/.test(word) && Number(word) > 0 && Number(word) < 65_536
          ? word
          : undefined
    case 'number':
      return /^\d{1,9}$/.test(word) ? word : undefined
    case 'seconds':
      return seconds(word)
    case 'agent':
      return readChoice(word, FLAG) ?? word
    default:
      return readChoice(word, kind)
  }
}

function readChoice(word: string, choices: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const value = SAME[lower] ?? lower
  // `off` is a value of StrictHostKeyChecking alone.
  return choices.includes(value) && (lower !== 'off' || choices.includes('accept-new')) ? value : undefined
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** sshd_config(5), TIME FORMATS: `90`, `1m30`, `2h`. */
function seconds(word: string): string | undefined {
  if (!/^(?:\d{1,9}[smhdw]?)+$/i.test(word)) return undefined
  const parts = [...word.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)]
  return String(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 1), 0))
}
