import { spawnSync } from 'node:child_process'

/** Whether a process runs on this machine. A zombie whose new parent has not yet collected it is dead. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
}
