import type { OfferedCall } from './offered-call.js'
import { readOptions } from './options.js'
import { literal, type Word } from './parse-line.js'

const APT_FLAGS = [
  'y',
  'q',
  'qq',
  'f',
  'yes',
  'assume-yes',
  'quiet',
  'no-install-recommends',
  'purge',
  'allow-downgrades',
]

/** apt, apt-get(8) */
export function aptCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: APT_FLAGS })
  const [verb, ...packages] = read?.rest ?? []
  const action = verb && literal(verb)
  if (!read || action === undefined) return undefined
  const options = {
    ...(read.flags.has('no-install-recommends') ? { recommends: false } : {}),
    ...(read.flags.has('allow-downgrades') ? { allowDowngrades: true } : {}),
  }
  if (action === 'update')
    return packages.length > 0 ? undefined : { operation: 'apt.packages', args: { update: true } }
  if (packages.length === 0 || !packages.every(isPackage)) return undefined
  if (action === 'install') return { operation: 'apt.packages', args: { packages: { words: packages }, ...options } }
  if (action !== 'remove' && action !== 'purge') return undefined
  const purge = action === 'purge' || read.flags.has('purge') ? { purge: true } : {}
  return { operation: 'apt.packages', args: { packages: { words: packages }, present: false, ...purge } }
}

/** dnf(8), and yum(8), which is the same program today. */
export function dnfCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['y', 'q', 'assumeyes', 'quiet', 'best', 'nogpgcheck'] })
  const [verb, ...packages] = read?.rest ?? []
  if (!read || read.flags.has('nogpgcheck')) return undefined
  return packageCall('dnf.packages', verb, packages, { install: ['install'], remove: ['remove', 'erase'] })
}

/** apk(8) */
export function apkCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['q', 'quiet', 'U', 'no-cache', 'update-cache'] })
  const [verb, ...packages] = read?.rest ?? []
  const isUpdate = ['U', 'no-cache', 'update-cache'].some(flag => read?.flags.has(flag))
  const call = packageCall('apk.packages', verb, packages, { install: ['add'], remove: ['del'] })
  return call && isUpdate && call.args.present === undefined ? { ...call, args: { ...call.args, update: true } } : call
}

function packageCall(
  operation: string,
  verb: Word | undefined,
  packages: readonly Word[],
  { install, remove }: { readonly install: readonly string[]; readonly remove: readonly string[] },
): OfferedCall | undefined {
  const action = verb && literal(verb)
  if (action === undefined || packages.length === 0 || !packages.every(isPackage)) return undefined
  if (install.includes(action)) return { operation, args: { packages: { words: packages } } }
  return remove.includes(action) ? { operation, args: { packages: { words: packages }, present: false } } : undefined
}

/** A name, not a file or an address, and none of the signs that give a package another action. */
function isPackage(word: Word): boolean {
  return (
    word.every(piece => typeof piece === 'number' || /^[\w.+:=~-]*$/.test(piece)) && !/[+-]$/.test(String(word.at(-1)))
  )
}
