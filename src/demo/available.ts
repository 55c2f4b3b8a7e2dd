import { spawnSync } from 'node:child_process'
import { UNSHARE } from './sandbox/sandbox.js'
import { READY, setupScript } from './sandbox/setup-script.js'
import { outside } from './sandbox/unprivileged.js'

const INSTEAD = 'try `muster @local`, or hosts of your own: `muster web1,web2`'

/**
 * Why there can be no demo fleet on this machine, as one sentence that says what to do instead; `undefined` when there can.
 * It builds a sandbox and takes it down, which takes about 100 ms: {@link startDemoFleet} asks it only after a failure.
 */
export function demoUnavailable(): string | undefined {
  if (process.platform !== 'linux') return because(`it needs Linux, and this is ${process.platform}`)
  const probe = spawnSync('unshare', UNSHARE, { ...outside, input: setupScript('probe', []), encoding: 'utf8' })
  if (probe.status === 0 && probe.stdout.startsWith(READY)) return undefined
  const [complaint] = probe.stderr?.trim().split('\n') ?? []
  // An `unshare` that gives up at once also breaks the pipe of its script: its own words tell more than that error.
  if (complaint && /^(unshare|mount):/.test(complaint))
    return because(`it needs user namespaces that ordinary users may make and mount in (${complaint})`)
  if (complaint) return because(`its sandbox does not come up (${complaint})`)
  if (probe.error && 'code' in probe.error && probe.error.code === 'ENOENT')
    return because('it needs `unshare`, of the package util-linux')
  return because(
    `its sandbox does not come up (${probe.error?.message ?? `unshare ended with status ${probe.status}`})`,
  )
}

function because(reason: string): string {
  return `the demo fleet cannot run here: ${reason}; ${INSTEAD}`
}
