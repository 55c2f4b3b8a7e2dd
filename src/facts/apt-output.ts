import type { SimulatedStep, Simulation } from './package-steps.js'

/** An installed Debian package. */
export interface Package {
  readonly version: string
  /** `amd64`, `all` */
  readonly architecture: string
  /** Kept at its version by `apt-mark hold`. */
  readonly held: boolean
}

/** Versions of a package that apt knows. */
export interface Candidates {
  readonly installed: string | undefined
  /** What `apt-get install` would choose. */
  readonly candidate: string | undefined
  /** All that can be installed, newest first. */
  readonly versions: readonly string[]
}

/** dpkg-query format of which {@link readPackages} reads the lines. */
export const PACKAGE_FORMAT = `\${Status}|\${Package}|\${Version}|\${Architecture}\\n`

/**
 * Installed packages by name. A package installed for several architectures appears once by its plain name and for the others
 * as `name:architecture`. Packages of which only configuration is left are not installed.
 *
 * @param native the host's own architecture
 */
export function readPackages(text: string, native: string): Readonly<Record<string, Package>> {
  const packages = text.split('\n').flatMap((line): [string, Package][] => {
    const [status = '', name = '', version = '', architecture = ''] = line.split('|')
    const [want, , state] = status.split(' ')
    if (state !== 'installed') return []
    const key = architecture === native || architecture === 'all' ? name : `${name}:${architecture}`
    return [[key, { version, architecture, held: want === 'hold' }]]
  })
  return Object.fromEntries(packages)
}

/** Versions by package from `apt-cache policy`, in the C locale; names that apt does not know are left out. */
export function readPolicy(text: string): Readonly<Record<string, Candidates>> {
  const blocks = text.split(/^(?=\S+:$)/m).flatMap((block): [string, Candidates][] => {
    const name = /^(\S+):\n/.exec(block)?.[1]
    if (!name) return []
    const field = (label: string): string | undefined => {
      const value = new RegExp(`^ {2}${label}: (\\S+)`, 'm').exec(block)?.[1]
      return value === '(none)' ? undefined : value
    }
    const versions = [...block.matchAll(/^ (?:\*\*\*| {3}) (\S+) -?\d+$/gm)].flatMap(([, version]) => version ?? [])
    return [[name, { installed: field('Installed'), candidate: field('Candidate'), versions }]]
  })
  return Object.fromEntries(blocks)
}

/**
 * Steps of `apt-get --simulate` in the C locale: lines `Inst name [old] (new origin [arch])`, `Remv name [old]`, `Purg name [old]`.
 *
 * @param exitCode of apt-get; not 0: it says on stderr why it cannot
 */
export function readSimulation(stdout: string, stderr: string, exitCode: number): Simulation {
  if (exitCode !== 0) return { possible: false, reason: simulationReason(stdout, stderr) }
  const steps = stdout.split('\n').flatMap((line): SimulatedStep[] => {
    const removed = /^(?:Remv|Purg) (\S+) \[([^\]]+)\]/.exec(line)
    if (removed) return [{ name: removed[1] ?? '', before: removed[2] ?? '' }]
    const installed = /^Inst (\S+)(?: \[([^\]]+)\])? \((\S+) .*?(?:\[(\S+)\])?\)/.exec(line)
    if (!installed) return []
    const [, name = '', before, after = '', architecture] = installed
    return [{ name, after, ...(before ? { before } : {}), ...(architecture ? { architecture } : {}) }]
  })
  return { possible: true, steps }
}

function simulationReason(stdout: string, stderr: string): string {
  const unmet = stdout.split('\n').filter(line => /^ \S.* : /.test(line))
  const errors = stderr.split('\n').filter(line => line.startsWith('E: '))
  const sentences = [...unmet, ...errors.map(line => line.slice(3))].map(line => line.trim().replace(/\s+/g, ' '))
  return sentences.join('; ') || 'apt-get refused without a reason'
}
