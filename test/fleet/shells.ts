import { spawnSync } from 'node:child_process'

/** The POSIX shells on this machine that code for targets is tried on, as argument lists. */
export const SHELLS: readonly (readonly [name: string, ...command: string[]])[] = (
  [
    ['sh', 'sh'],
    ['dash', 'dash'],
    ['busybox ash', 'busybox', 'ash'],
    ['bash', 'bash'],
    ['ksh', 'ksh'],
    ['mksh', 'mksh'],
    ['zsh as sh', 'zsh', '--emulate', 'sh'],
  ] as const
).filter(([, program, ...args]) => spawnSync(program, [...args, '-c', 'exit 0']).status === 0)
