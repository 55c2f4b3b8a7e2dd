import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this checkout. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Where base file systems are kept between runs: `$MUSTER_FLEET_DIR`, else `muster-fleet` in the user's cache folder. Not in
 * the checkout, where linters and editors would follow their symbolic links out into this machine.
 */
export function basesFolder(): string {
  return resolve(
    process.env.MUSTER_FLEET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'muster-fleet'),
  )
}

/**
 * Where the labs that exist right now are recorded. One place for the whole machine, whatever checkout started them: so
 * that any later run finds what a crashed one left. Like mounts, cgroups and network namespaces it does not outlive a reboot.
 */
export const labsFolder = '/run/muster-fleet'
