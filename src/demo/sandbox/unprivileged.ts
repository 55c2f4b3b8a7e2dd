/** User and group `nobody` on Linux (`/proc/sys/kernel/overflowuid`). */
const NOBODY = 65534

/**
 * How every process around a sandbox is started: from a clean environment and never as the real root. When muster runs
 * as root, sandboxes belong to nobody, because root of a user namespace that belongs to root may still write
 * files of the machine's root, `/proc/sys` among them.
 */
export const outside: {
  readonly cwd: string
  readonly env: { readonly PATH: string }
  readonly uid?: number
  readonly gid?: number
} = {
  cwd: '/',
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  ...(process.getuid?.() === 0 && { uid: NOBODY, gid: NOBODY }),
}
