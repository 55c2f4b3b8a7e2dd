import type { Release } from './base-debian.js'
import { type HostKind, twoHops } from './kinds.js'

/** The options of `up` that say which hosts. */
export interface FleetShape {
  readonly systemd: number
  readonly release: readonly Release[]
  readonly busybox?: true
  readonly dropbear?: true
  readonly tinysshd?: true
  readonly jump?: true
}

/** The hosts that `up` starts: h1, h2 … in turn on each of the releases, then the special ones. */
export function hostsOf(count: number, shape: FleetShape): Readonly<Record<string, HostKind>> {
  const { systemd, release, busybox, dropbear, tinysshd, jump } = shape
  const plain = Array.from({ length: count }, (_, index): [string, HostKind] => [
    `h${index + 1}`,
    { base: release[index % release.length] ?? 'bookworm', systemd: index < systemd },
  ])
  return {
    ...Object.fromEntries(plain),
    ...(busybox && { busybox: { base: 'busybox' } }),
    ...(dropbear && { dropbear: { base: 'busybox', server: 'dropbear' } }),
    ...(tinysshd && { tinysshd: { server: 'tinysshd' } }),
    ...(jump && twoHops),
  }
}
