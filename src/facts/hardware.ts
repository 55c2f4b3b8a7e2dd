import { fact } from '../engine/fact.js'

/** Memory in bytes. */
export interface Memory {
  /** All that the kernel can use. */
  readonly total: number
  /** What can be had without swapping: free memory and what caches can give back. */
  readonly available: number
  readonly swap: { readonly total: number; readonly free: number }
}

/**
 * Memory and swap in bytes. Sources: `MemAvailable` of proc(5), estimated from free and cached memory before Linux 3.14;
 * sysctl(8) and swapinfo(8) on FreeBSD.
 */
export const memory = fact({
  name: 'hardware.memory',
  summary: 'Memory and swap, in bytes.',
  command: () => `if [ -r /proc/meminfo ]; then
  while read -r name rest; do
    case $name in Mem*|Buffers:|Cached:|SwapTotal:|SwapFree:) echo "$name $rest";; esac
    [ "$name" != SwapFree: ] || break
  done </proc/meminfo
else
  sysctl hw.physmem hw.pagesize vm.stats.vm.v_free_count vm.stats.vm.v_inactive_count vm.stats.vm.v_cache_count 2>/dev/null
  swapinfo -k 2>/dev/null | tail -n 1
fi`,
  parse: (stdout): Memory => (stdout.includes('hw.physmem') ? readSysctl(stdout) : readMeminfo(stdout)),
})

/** Room on a file system, in bytes. */
export interface Disk {
  readonly device: string
  readonly total: number
  readonly used: number
  /** What users other than root can still write. */
  readonly available: number
}

/**
 * Room on the file systems that stand on a device, by mount point.
 *
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/utilities/df.html} df -P -k
 */
export const disks = fact({
  name: 'hardware.disks',
  summary: 'Room on file systems by mount point: total, used and available bytes.',
  // df fails when it may not look at one of many; a dead network mount would hold it up: local ones where it knows that
  command: () => 'df -P -k -l 2>/dev/null || df -P -k 2>/dev/null || true',
  parse: (stdout): Readonly<Record<string, Disk>> =>
    Object.fromEntries(
      stdout.split('\n').flatMap((line): (readonly [string, Disk])[] => {
        const [, device, total, used, available, mount] = DF.exec(line) ?? []
        if (device === undefined || mount === undefined) return []
        const bytes = (kilobytes: string | undefined) => Number(kilobytes) * 1024
        return [[mount, { device, total: bytes(total), used: bytes(used), available: bytes(available) }]]
      }),
    ),
})

/** A line of df about a device. */
const DF = /^(\/.*?|zroot\S*|\S+\/\S+)\s+(\d+)\s+(-?\d+)\s+(-?\d+)\s+\d+%\s+(\/.*)$/

/** How many processors are online: Linux lists them, `0-3,6`; elsewhere getconf(1), nproc(1) or sysctl(8) count them. */
export const cpus = fact({
  name: 'hardware.cpus',
  summary: 'Number of processors online.',
  command: () =>
    'f=/sys/devices/system/cpu/online; if [ -r $f ]; then read -r line <$f && echo "online $line"; else getconf _NPROCESSORS_ONLN 2>/dev/null || getconf NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || grep -c "^processor" /proc/cpuinfo; fi',
  parse: stdout => {
    const count = countOf(stdout.trim())
    if (!Number.isInteger(count) || count < 1) throw new Error('expected a number of processors')
    return count
  },
  immutable: true,
})

/** A number, or how many a list such as `online 0-3,6` names. */
function countOf(text: string): number {
  const list = /^online ([\d,-]+)$/.exec(text)?.[1]
  if (list === undefined) return Number(text)
  const counts = list.split(',').map(range => {
    const [first = '', last = first] = range.split('-')
    return Number(last) - Number(first) + 1
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

function readMeminfo(text: string): Memory {
  const kilobytes = new Map(
    [...text.matchAll(/^([^:\n]+):\s+(\d+) kB$/gm)].map(([, name, value]) => [name, Number(value)]),
  )
  const bytes = (name: string): number => (kilobytes.get(name) ?? 0) * 1024
  const total = bytes('MemTotal')
  if (total === 0) throw new Error('expected MemTotal')
  const estimated = bytes('MemFree') + bytes('Buffers') + bytes('Cached')
  return {
    total,
    available: kilobytes.has('MemAvailable') ? bytes('MemAvailable') : estimated,
    swap: { total: bytes('SwapTotal'), free: bytes('SwapFree') },
  }
}

function readSysctl(text: string): Memory {
  const values = new Map([...text.matchAll(/^([a-z_.]+): (\d+)$/gm)].map(([, name, value]) => [name, Number(value)]))
  const value = (name: string): number => values.get(name) ?? 0
  const pages = ['free', 'inactive', 'cache'].map(state => value(`vm.stats.vm.v_${state}_count`))
  // Device 1K-blocks Used Avail Capacity; with several devices the last line is the Total
  const [, swapTotal = '0', , swapFree = '0'] = /^(?:\/dev\/\S+|Total)\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(text) ?? []
  return {
    total: value('hw.physmem'),
    available: pages.reduce((sum, count) => sum + count, 0) * value('hw.pagesize'),
    swap: { total: Number(swapTotal) * 1024, free: Number(swapFree) * 1024 },
  }
}
