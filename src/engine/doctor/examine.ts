import type { ConnectSettings } from '../connect/connector.js'
import { type Identity, type Link, type LinkStanding, LOGIN } from '../connect/link.js'
import type { ConnectTrace } from '../connect/trace.js'
import { MusterError } from '../errors.js'
import { adviceFor } from './advice.js'

/** What ails a host, and what to do about it. */
export interface Finding {
  readonly problem: string
  readonly advice: string
}

/** What a host that answers says of itself. */
export interface Vitals {
  /** Shortest round trip of a few, milliseconds. */
  readonly latency: number
  /** The program behind `sh`, and the login shell: `dash`, `bash`. */
  readonly sh: string
  readonly loginShell: string
  /** Seconds its clock is ahead of ours; known to about a second. */
  readonly clockOffset: number
}

/** One host as the doctor found it. */
export interface Examination {
  readonly host: string
  readonly connector: string
  readonly standing: LinkStanding
  /** The attempt that brought the connection up, or the last one that failed to. */
  readonly trace?: ConnectTrace
  readonly vitals?: Vitals
  /** With {@link ExamineOptions.become}: who it could become. */
  readonly became?: string
  readonly findings: readonly Finding[]
}

export interface ExamineOptions {
  readonly signal?: AbortSignal
  /** Also try to become another user. */
  readonly become?: Identity
}

/** Clocks further apart than this make certificates, tokens and logs go wrong, seconds. */
const CLOCK_TOLERANCE = 5
const PINGS = 3

/** Connects a host unless it is connected, and finds out how it is. Never rejects: what goes wrong is a finding. */
export async function examine(
  link: Link,
  settings: ConnectSettings,
  { signal, become }: ExamineOptions = {},
): Promise<Examination> {
  const findings: Finding[] = []
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      const reason = reasonOf(error)
      const { user, hostKeyAlias } = settings
      findings.push({ problem: reason, advice: adviceFor({ host: link.name, reason, user, hostKeyAlias }) })
      return undefined
    }
  }
  const abort = signal ? { signal } : {}
  const vitals = await attempt(async () => {
    await link.connect(signal)
    return await takeVitals(link, abort)
  })
  if (vitals && Math.abs(vitals.clockOffset) > CLOCK_TOLERANCE) {
    findings.push({
      problem: `its clock is ${spanText(Math.abs(vitals.clockOffset))} ${vitals.clockOffset > 0 ? 'ahead' : 'behind'}`,
      advice: 'Have it keep time: `timedatectl set-ntp true`, chrony or ntpd.',
    })
  }
  const became =
    become && vitals
      ? await attempt(async () =>
          (await link.run('id -un', { identity: become, bare: true, ...abort })).stdout.toString().trim(),
        )
      : undefined
  const trace = link.traces.findLast(({ outcome }) => outcome === (vitals ? 'ready' : 'failed')) ?? link.traces.at(-1)
  return {
    host: link.name,
    connector: settings.connector ?? 'ssh',
    standing: link.standing,
    ...(trace ? { trace } : {}),
    ...(vitals ? { vitals } : {}),
    ...(became === undefined ? {} : { became }),
    findings,
  }
}

async function takeVitals(link: Link, abort: { signal?: AbortSignal }): Promise<Vitals> {
  const before = Date.now()
  const { stdout } = await link.run(VITALS_SCRIPT, { identity: LOGIN, bare: true, ...abort })
  const middle = (before + Date.now()) / 2
  const [clock = '', sh = '', loginShell = ''] = stdout.toString().split('\n')
  let latency = Number.POSITIVE_INFINITY
  for (let n = 0; n < PINGS; n += 1) latency = Math.min(latency, (await link.run(':', { bare: true, ...abort })).ms)
  // `date` tells whole seconds: on average half of one has passed.
  const clockOffset = /^\d+$/.test(clock) ? Math.round((Number(clock) * 1000 + 500 - middle) / 1000) : 0
  return { latency, sh: lastPart(sh) || 'sh', loginShell: lastPart(loginShell), clockOffset }
}

/** `/proc` tells which program a shell is; elsewhere its name must do. */
const VITALS_SCRIPT = `date +%s
readlink /proc/$$/exe 2>/dev/null || echo sh
echo "\${SHELL:-}"`

const lastPart = (path: string): string => path.trim().split('/').at(-1) ?? ''

function reasonOf(error: unknown): string {
  if (error instanceof MusterError && 'reason' in error && typeof error.reason === 'string') return error.reason
  return error instanceof Error ? error.message : String(error)
}

function spanText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
