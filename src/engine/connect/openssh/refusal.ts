import { lossSentence } from '../loss.js'
import type { SshLog } from './log.js'

/** What the sentence about a failed connection is made from, beside the log. */
export interface RefusalFacts {
  /** The host's name, for want of an address. */
  readonly name: string
  /** What ended the questions that ssh asked. */
  readonly unanswered: readonly string[]
  readonly wrong: readonly string[]
  /** Why ssh asked nothing. */
  readonly mute: string | undefined
  /** The fingerprint of the key on this line of known_hosts, as `TYPE SHA256:…`. */
  knownKey(file: string, line: number): string | undefined
  /** What is wrong with a certificate that was offered: `expired on …`. */
  certificateFault(file: string): string | undefined
}

/**
 * Why `ssh` gave up, as one sentence made from its own and the server's words.
 *
 * @example
 * sshRefusal(log, facts) // '10.0.0.7:22 does not let deploy in (refused: /home/me/.ssh/id_ed25519 (ED25519 SHA256:…))'
 */
export function sshRefusal(log: SshLog, facts: RefusalFacts): string {
  const said = log.said.join('\n')
  const where = log.where ?? facts.name
  const sentence =
    hostKeySentence(said, where, log, facts) ??
    networkSentence(said, where) ??
    authSentence(said, where, log, facts) ??
    otherSentence(said, where)
  return log.hops > 0 ? `at the jump host: ${sentence}` : sentence
}

function hostKeySentence(said: string, where: string, log: SshLog, facts: RefusalFacts): string | undefined {
  const shown = log.hostKey ? `${log.hostKey.type} ${log.hostKey.fingerprint}` : 'another'
  const revoked = /^(.*) host key for (\S+) is marked as revoked/m.exec(said) ?? /host key .* revoked/im.exec(said)
  if (revoked) return `the host key of ${where} is revoked (${shown})`
  const offending = /^Offending (\S+)(?: key)? in (.+):(\d+)$/m.exec(said)
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(said)) {
    const [, type = '', file = '', line = ''] = offending ?? []
    const known = facts.knownKey(file, Number(line)) ?? `another ${type} key`
    return `the host key of ${where} has CHANGED: known is ${known} (${file}:${line}), shown was ${shown}; if the change is expected, remove that line, else somebody may be listening in`
  }
  const certificate = /^(?:.*: )?Certificate invalid: (.*)$/m.exec(said)
  if (certificate) return `the host certificate of ${where} is not valid: ${certificate[1]}`
  if (/^No .* host key is known for/m.test(said) || /^Host key verification failed/m.test(said)) {
    const why = /requested strict checking/.test(said)
      ? 'strictHostKeyChecking is yes: add it to known_hosts'
      : (facts.unanswered[0] ?? facts.mute ?? 'was declined')
    return `the host key of ${where} is not known (${shown}) and ${why}`
  }
  return undefined
}

function networkSentence(said: string, where: string): string | undefined {
  const name = /Could not resolve hostname (\S+): (.*)$/m.exec(said)
  if (name)
    return `cannot resolve the name ${name[1]}${/temporary/i.test(name[2] ?? '') ? ' (the name server does not answer)' : ''}`
  const connect = /^ssh: connect to host (\S+) port (\d+): (.*)$/m.exec(said)
  if (connect) {
    const [, , , reason = ''] = connect
    return `${/timed out/i.test(reason) ? 'no answer' : reason.toLowerCase()} at ${where}`
  }
  if (/timed out during banner exchange/.test(said)) return `${where} accepted the connection and said nothing`
  const algorithms = /^Unable to negotiate with .*: (no matching .*)$/m.exec(said)
  if (algorithms) return `${where} shares no algorithm with us (${algorithms[1]})`
  return undefined
}

function authSentence(said: string, host: string, log: SshLog, facts: RefusalFacts): string | undefined {
  const denied = /^(?:(\S+)@(\S+): |.*: )?Permission denied \((.*)\)\.$/m.exec(said)
  // Of a jump host the log tells nothing, ssh's own word alone.
  const [user = log.user ?? 'us', where = host] = log.hops > 0 ? [denied?.[1], denied?.[2]] : []
  if (/Too many authentication failures/.test(said) && log.offered.length > 1)
    return `${where} closed the connection after too many keys; choose one with identityFile and identitiesOnly`
  if (!denied && !/Too many authentication failures/.test(said) && facts.unanswered.length === 0) return undefined
  const keys = log.offered.map(key => {
    const fault = key.type.endsWith('-CERT') ? facts.certificateFault(key.origin) : undefined
    return `${key.origin} (${key.type} ${key.fingerprint})${fault === undefined ? '' : `, which ${fault}`}`
  })
  const methods = denied?.[3]?.split(',') ?? []
  const parts = [keys.length === 0 ? 'no key to offer' : `refused: ${keys.join(', ')}`, ...keyProblems(said)]
  parts.push(...facts.wrong, ...facts.unanswered)
  if (methods.length > 0 && methods.every(each => /^(?:gssapi|hostbased)/.test(each)))
    parts.push(`the server takes ${methods.map(each => FOREIGN[each] ?? each).join(' or ')} alone`)
  if (
    facts.wrong.length === 0 &&
    facts.unanswered.length === 0 &&
    methods.some(each => /password|interactive/.test(each))
  )
    parts.push(facts.mute ?? 'the server would take a password and none was given')
  return `${where} does not let ${user} in (${parts.join('; ')})`
}

/** Methods that need something of this machine which is neither key nor password. */
const FOREIGN: Readonly<Record<string, string>> = {
  'gssapi-with-mic':
    'a Kerberos ticket (gssapi-with-mic; get one with kinit, and set GSSAPIAuthentication in ssh_config)',
  hostbased:
    "the word of this machine (hostbased; set HostbasedAuthentication in ssh_config, and have the machine's key known there)",
}

/** Why a key could not be offered or did not sign. */
function keyProblems(said: string): string[] {
  return said.split('\n').flatMap(line => {
    const load = /^Load key "(.*)": (.*)$/.exec(line)
    if (load) return [`the key file ${load[1]} cannot be used: ${load[2]}`]
    const signing = /^sign_and_send_pubkey: (.*)$/.exec(line)
    if (signing) return [signing[1] ?? line]
    const missing = /^(?:Warning: Identity file|no such identity:) (.*?)(?: not accessible)?: (.*?)\.?$/.exec(line)
    return missing ? [`the key file ${missing[1]}: ${missing[2]}`] : []
  })
}

function otherSentence(said: string, where: string): string {
  if (/kex_exchange_identification: .*(?:closed|reset)/.test(said))
    return `${where} accepted and then closed the connection without a word of SSH`
  const disconnect = /^(?:Received disconnect from|Disconnected from) .*?:\d+: (.*)$/m.exec(said)
  if (disconnect) return `${where} broke the connection off (${disconnect[1]})`
  const config = /^(\S+): line (\d+): (.*)$/m.exec(said)
  if (config) return `ssh does not understand ${config[1]}:${config[2]}: ${config[3]}`
  const last = said
    .split('\n')
    .findLast(line => line.trim() !== '' && !/^(?:Connection closed by|Disconnected)/.test(line))
  return last === undefined
    ? `${where} closed the connection before it was ready`
    : `ssh to ${where} failed (${last.trim()})`
}

/** Why a master that was up has ended. */
export function masterEnd(said: readonly string[]): string {
  for (const line of [...said].reverse()) {
    if (/^Timeout, server .* not responding/.test(line)) return 'the host stopped answering'
    if (/closed by remote host/.test(line)) return 'the server closed the connection'
    const lost = /(?:client_loop|packet_write_wait|Connection to|Read from remote host).*?: (.*)$/.exec(line)
    if (lost) return lossSentence(lost[1] ?? '')
    const told = /^Received disconnect from .*?:\d+: (.*)$/.exec(line)
    if (told) return `the server broke the connection off (${told[1]})`
  }
  return 'the server closed the connection'
}
