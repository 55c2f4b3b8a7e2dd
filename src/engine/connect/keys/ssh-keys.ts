import type { ParsedKey } from 'ssh2'
import type { Prover } from '../credentials.js'
import { NeedsOpenSsh } from '../needs-openssh.js'
import type { SshSettings } from '../ssh/ssh-settings.js'
import { type AgentKey, agentSign } from './agent-keys.js'
import { findCertificates } from './find-certificates.js'
import { type IdentityFile, readIdentityFile } from './identity-file.js'
import { type BeyondKey, type KeyOffer, keyLabel } from './key-offer.js'
import type { KeySources } from './key-sources.js'

/** What was found when looking for keys. */
export interface KeyRing {
  readonly offers: readonly KeyOffer[]
  /** Why a chosen key cannot be offered: missing, unreadable, no key at all. */
  readonly problems: readonly string[]
  readonly beyond: readonly BeyondKey[]
}

/**
 * Gathers the keys to offer, in OpenSSH's order: agent keys that are also identity files, other agent keys
 * (not with IdentitiesOnly), identity files (ssh_config(5), IdentityFile; `pubkey_prepare` in its sshconnect2.c).
 *
 * @throws {NeedsOpenSsh} when a certificate was chosen, or there are keys and ssh2 can use none of them.
 */
export async function gatherKeys(
  host: string,
  settings: SshSettings,
  credentials: Prover,
  sources: KeySources,
): Promise<KeyRing> {
  const { identityFiles, identityFilesChosen, identitiesOnly, numberOfPasswordPrompts } = settings
  const found = await Promise.all(
    identityFiles.map(file =>
      readIdentityFile(file, {
        host,
        credentials,
        sources,
        tries: numberOfPasswordPrompts,
        chosen: identityFilesChosen,
      }),
    ),
  )
  const certificates = await findCertificates(settings, sources)
  if (certificates.chosen) throw beyondUs(host, certificates.chosen)
  const agent = await listAgent(settings.agent, sources)
  const inFiles = ({ key }: AgentKey) => key !== undefined && found.some(file => isKey(file, key))
  const inAgent = (file: IdentityFile) => agent.keys.some(({ key }) => key !== undefined && isKey(file, key))
  const others = identitiesOnly ? [] : agent.keys.filter(key => !inFiles(key))
  const files = found.filter(file => !inAgent(file))
  const ring: KeyRing = {
    offers: [
      ...agent.keys.filter(inFiles).flatMap(key => agentOffer(key, settings.agent)),
      ...others.flatMap(key => agentOffer(key, settings.agent)),
      ...files.flatMap(file => file.offer ?? []),
    ],
    problems: [...files.flatMap(file => file.problem ?? []), ...agent.problems, ...certificates.problems],
    beyond: [
      ...certificates.beside,
      ...files.flatMap(file => file.beyond ?? []),
      ...others.flatMap(({ feature, type, comment }) =>
        feature ? { label: `the ${type} key ${comment} of the agent`, feature } : [],
      ),
    ],
  }
  const [first] = ring.beyond
  if (first && ring.offers.length === 0 && settings.password === undefined) throw beyondUs(host, first)
  return ring
}

/** That what is needed to log in is not for ssh2. */
export function beyondUs(host: string, { label, feature }: BeyondKey, after = ''): NeedsOpenSsh {
  return new NeedsOpenSsh(host, `${after}${label} needs OpenSSH's ssh`, feature)
}

async function listAgent(
  socket: string | undefined,
  { agents }: KeySources,
): Promise<{ readonly keys: readonly AgentKey[]; readonly problems: readonly string[] }> {
  if (socket === undefined) return { keys: [], problems: [] }
  try {
    return { keys: await agents.get(socket), problems: [] }
  } catch (error) {
    const why = error instanceof RangeError || !(error instanceof Error) ? 'its answer makes no sense' : error.message
    return { keys: [], problems: [`the agent at ${socket} gives no keys (${why})`] }
  }
}

function agentOffer({ key, comment }: AgentKey, socket: string | undefined): KeyOffer[] {
  if (key === undefined || socket === undefined) return []
  const label = keyLabel(comment || 'agent key', key)
  return [
    {
      origin: comment || 'agent key',
      label,
      publicKey: key,
      unlock: async () => key,
      sign: async (data, hash) => {
        try {
          return await agentSign(socket, key, data, hash)
        } catch {
          throw new Error(`the agent at ${socket} does not sign with ${label}`)
        }
      },
    },
  ]
}

function isKey({ publicKey }: IdentityFile, key: ParsedKey): boolean {
  return publicKey?.getPublicSSH().equals(key.getPublicSSH()) ?? false
}
