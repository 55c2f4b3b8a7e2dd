import { posix } from 'node:path'
import { quote } from '../../engine/shell/quote.js'
import type { DemoFile } from '../hosts/demo-file.js'

/** What the set-up script prints on stdout once the sandbox stands. */
export const READY = 'ready'

/**
 * A link to `sh` that exists inside a sandbox and nowhere else. Every command enters through it, so a command that for
 * whatever reason did not get into its sandbox finds no shell, instead of running on the real machine.
 */
export const SANDBOX_SHELL = '/.demo/sh'

const DIRECTORIES = [
  ...['.demo', 'dev/pts', 'dev/shm', 'etc', 'home', 'mnt', 'opt', 'proc', 'root', 'run', 'srv', 'sys', 'tmp', 'old'],
  ...['var/backups', 'var/mail', 'var/lib', 'var/log', 'var/spool', 'var/tmp'],
]

/**
 * The `sh` script that turns fresh user, mount and pid namespaces into a host: a root on a tmpfs of its own with the
 * machine's programs bound read-only, then nested namespaces in which what the first ones mounted cannot be undone
 * (mount_namespaces(7), "mounts that come as a single unit are locked together"). Its init lives as long as its stdin:
 * when the process at the other end dies, however it dies, the host dies too.
 */
export function setupScript(host: string, files: readonly DemoFile[]): string {
  return `set -eu
umask 022
mount -t tmpfs -o size=64m,mode=755 demo /tmp
cd /tmp
mkdir -p ${DIRECTORIES.join(' ')}
chmod 1777 tmp var/tmp
chmod 700 root
ln -s /bin/sh .${SANDBOX_SHELL}
ln -s /usr/share/zoneinfo/Etc/UTC etc/localtime
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
${MOUNTS}
[ ! -d /etc/alternatives ] || cp -RP /etc/alternatives etc/
[ ! -f /etc/ld.so.cache ] || cp /etc/ld.so.cache etc/
${fileCommands(files)}
pivot_root . old
cd /
umount -l old
rmdir old
exec unshare --user --map-root-user --mount --pid --uts --ipc --net --fork --kill-child --mount-proc sh -c ${quote(initScript(host))}
`
}

/** One `mount -a` over an fstab(5) of our own: a process for each mount would cost most of the start-up time. */
const MOUNTS = `for d in usr bin sbin lib lib64 lib32 libx32; do
  if [ -L "/$d" ]; then ln -s "$(readlink "/$d")" "$d"
  elif [ -d "/$d" ]; then mkdir "$d"; echo "/$d /tmp/$d none rbind,ro 0 0"
  fi
done > fstab
for n in null zero full random urandom tty; do
  : > "dev/$n"
  echo "/dev/$n /tmp/dev/$n none bind 0 0"
done >> fstab
[ ! -d /usr/local ] || echo 'local /tmp/usr/local tmpfs size=16m,mode=755 0 0' >> fstab
echo 'proc /tmp/proc proc nosuid,nodev,noexec 0 0
devpts /tmp/dev/pts devpts newinstance,ptmxmode=0666,mode=620 0 0
shm /tmp/dev/shm tmpfs size=8m,mode=1777 0 0' >> fstab
mount -a -T fstab
rm fstab`

/** Init is a shell that waits: so it reaps whatever a host's commands leave behind, and ends when `cat` sees the end of stdin. */
function initScript(host: string): string {
  return `hostname ${quote(host)}
ip link set lo up 2>/dev/null || :
cd /root
exec 3<&0
echo ${READY}
exec sh -c 'cat <&3 >/dev/null & wait $!' init </dev/null >/dev/null`
}

/** `printf` is built into every shell this runs on: files cost no processes. */
function fileCommands(files: readonly DemoFile[]): string {
  const folders = [...new Set(files.map(file => quote(`.${posix.dirname(file.path)}`)))]
  const special = files.flatMap(({ mode, path }) => (mode === undefined ? [] : [`chmod ${mode} ${quote(`.${path}`)}`]))
  return [
    ...(folders.length > 0 ? [`mkdir -p ${folders.join(' ')}`] : []),
    ...files.map(file => `${printing(file.content)} > ${quote(`.${file.path}`)}`),
    ...special,
  ].join('\n')
}

function printing(content: DemoFile['content']): string {
  return typeof content === 'string' ? `printf %s ${quote(content)}` : `printf ${quote(octalEscapes(content))}`
}

function octalEscapes(bytes: Uint8Array): string {
  return Array.from(bytes, byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
