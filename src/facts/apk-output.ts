import type { SimulatedStep, Simulation } from './package-steps.js'

/** `musl-1.1.22-r3 x86_64 {musl} (MIT) [installed]` */
const INSTALLED = /^(\S+)-([^-\s]+-r\d+) .*\[installed/

/** Versions by name, from `apk list --installed`. */
export function readInstalled(stdout: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    stdout.split('\n').flatMap((line): [string, string][] => {
      const [, name, version] = INSTALLED.exec(line) ?? []
      return name && version ? [[name, version]] : []
    }),
  )
}

/** `(1/2) Installing tool (2.3-r1)`, `(1/1) Upgrading hello (1.0-r0 -> 1.1-r0)` */
const STEP = /^\(\d+\/\d+\) (\w+) (\S+) \((\S+?)(?: -> (\S+?))?\)$/

/**
 * Steps of `apk add --simulate` and `apk del --simulate`. What is to go and stays, because others need it, is a reason why it cannot.
 *
 * @param exitCode of apk; not 0: it says why it cannot, on stdout or stderr
 */
export function readApkSimulation(stdout: string, stderr: string, exitCode: number): Simulation {
  const said = `${stdout}\n${stderr}`
  if (exitCode !== 0) return { possible: false, reason: refusal(said) }
  const kept = /are not removed due to:\n((?: {2}\S.*\n)+)/.exec(said)?.[1]
  if (kept) return { possible: false, reason: kept.trim().split('\n').map(keptReason).join('; ') }
  const steps = said.split('\n').flatMap((line): SimulatedStep[] => {
    const [, verb, name = '', version = '', after] = STEP.exec(line) ?? []
    if (verb === 'Purging') return [{ name, before: version }]
    if (verb === 'Installing') return [{ name, after: version }]
    return after === undefined ? [] : [{ name, before: version, after }]
  })
  return { possible: true, steps }
}

/** `  hello: tool other` → `hello is needed by tool, other` */
function keptReason(line: string): string {
  const [name = '', needed = ''] = line.trim().split(/: +/)
  return `${name} is needed by ${needed.trim().split(/\s+/).join(', ')}`
}

/** `ERROR: unable to select packages:` and the lines below it, as one. */
function refusal(said: string): string {
  const [, error, below = ''] = /^ERROR: (.*)\n((?: .*\n)*)/m.exec(`${said}\n`) ?? []
  const lines = below.split('\n').map(line => line.trim().replaceAll(/\s+/g, ' '))
  if (error === undefined) return 'apk refused without a reason'
  return [error.replace(/:$/, ''), lines.filter(Boolean).join(' ')].filter(Boolean).join(': ')
}
