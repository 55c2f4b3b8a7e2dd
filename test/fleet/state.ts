import type { Lab } from './lab.js'

/** Where what a session leaves may lie; not what differs between any two hosts, or by the minute. */
const TREES = '/etc /opt /srv /home /root /usr/local /var/spool/cron'
const NOT = '/etc/(ssh/ssh_host_.*|machine-id|hosts|resolv.conf|ld.so.cache|.*-|mtab)|/var/spool/cron/crontabs/.*'

const SCRIPT = `cd /
find ${TREES} -xdev -regextype posix-extended -regex '${NOT}' -prune -o -printf '%p\\t%y %m %u:%g %l\\n'
find ${TREES} -xdev -regextype posix-extended -regex '${NOT}' -prune -o -type f -exec sha256sum {} + | sed 's/^\\([0-9a-f]*\\)  \\(.*\\)/\\2 content\\t\\1/'
for f in /var/spool/cron/crontabs/*; do if [ -f "$f" ]; then printf '%s entries\\t%s\\n' "$f" "$(grep -v '^# ' "$f" | sha256sum)"; fi; done
dpkg-query -W -f='package \${Package}\\t\${Version} \${db:Status-Status}\\n'
printf 'sysctl ip_forward\\t%s\\n' "$(cat /proc/sys/net/ipv4/ip_forward)"
for u in cron muster-demo; do
  if [ -d /run/systemd/system ]; then printf 'unit %s\\t%s\\n' "$u" "$(systemctl is-active $u) $(systemctl is-enabled $u 2>/dev/null)"; fi
done`

/** A line for each thing on a host by its name: files with all that is said of them, packages, units, accounts. */
export type HostState = ReadonlyMap<string, string>

/** The state of a host as it is now. */
export async function stateOf(lab: Lab, host: string): Promise<HostState> {
  const lines = (await lab.exec(host, SCRIPT)).split('\n').filter(Boolean)
  return new Map(
    lines.map((line): [string, string] => [line.split('\t')[0] ?? '', line.split('\t').slice(1).join('\t')]),
  )
}

/** What differs between two states, by name: `file 644 … ≠ none`. */
export function differences(one: HostState, other: HostState): ReadonlyMap<string, string> {
  const names = [...new Set([...one.keys(), ...other.keys()])]
  return new Map(
    names
      .filter(name => one.get(name) !== other.get(name))
      .map(name => [name, `${one.get(name) ?? 'none'} ≠ ${other.get(name) ?? 'none'}`]),
  )
}
