/** A mounted file system. */
export interface Mount {
  /** What is mounted: `/dev/sda1`, `tmpfs`, `server:/export`. */
  readonly device: string
  /** `ext4`, `zfs`, `nfs4` */
  readonly type: string
  readonly options: readonly string[]
}

/**
 * Mounts by mount point. Reads `/proc/mounts` (proc(5)) and, line by line, the output of mount(8) as Linux, the BSDs and macOS
 * print it. Where several are mounted on one point, the last, which hides the others.
 */
export function readMounts(text: string): Readonly<Record<string, Mount>> {
  const mounts = text.split('\n').flatMap((line): [string, Mount][] => {
    const mount = readLinuxMount(line) ?? readBsdMount(line) ?? readProcMount(line)
    return mount ? [mount] : []
  })
  return Object.fromEntries(mounts)
}

// /dev/sda1 on /boot type ext2 (rw,relatime)
function readLinuxMount(line: string): [string, Mount] | undefined {
  const [, device, point, type, options] = /^(.+) on (.+) type (\S+) \((.*)\)$/.exec(line) ?? []
  if (!device || !point || !type) return undefined
  return [point, { device, type, options: splitOptions(options) }]
}

// /dev/disk1s4 on /private/var/vm (apfs, local, noexec)
function readBsdMount(line: string): [string, Mount] | undefined {
  const [, device, point, inside] = /^(.+) on (.+) \(([^()]*)\)$/.exec(line) ?? []
  const [type, ...options] = splitOptions(inside)
  if (!device || !point || !type) return undefined
  return [point, { device, type, options }]
}

// /dev/sda1 /mnt/my\040disk ext4 rw,relatime 0 0
function readProcMount(line: string): [string, Mount] | undefined {
  const [device, point, type, options, ...rest] = line.split(' ')
  if (!device || !point || !type || rest.length !== 2) return undefined
  return [unescapeOctal(point), { device: unescapeOctal(device), type, options: splitOptions(options) }]
}

function splitOptions(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap(option => option.trim() || [])
}

// the kernel escapes space, tab, newline and backslash only
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
