import { describe, expect, test } from 'vitest'
import { callText } from './offered-call.js'
import { recognise } from './recognise.js'
import { jsPattern, jsReplacement } from './sed.js'

/** What a line becomes: calls, `reads`, or `unknown`. `⟨x⟩` in it is an interpolated value. */
function told(line: string): string | string[] {
  const strings = line.split(/⟨\w+⟩/)
  const holes = [...line.matchAll(/⟨(\w+)⟩/g)].map(([, name = '']) => name)
  const found = recognise(strings)
  if (found.kind !== 'operations') return found.kind
  return found.calls.map(call => {
    const sudo = call.sudo === undefined ? '' : `, { sudo: ${JSON.stringify(call.sudo)} }`
    return callText(call, holes, sudo)
  })
}

const LINES: readonly (readonly [line: string, ...calls: string[]])[] = [
  ['apt-get install -y ntp curl', "apt.packages({ packages: ['ntp', 'curl'] })"],
  [
    'DEBIAN_FRONTEND=noninteractive apt-get -y -q install --no-install-recommends chrony',
    "apt.packages({ packages: ['chrony'], recommends: false })",
  ],
  ['apt install -y curl=7.88.1-10+deb12u12', "apt.packages({ packages: ['curl=7.88.1-10+deb12u12'] })"],
  ['apt-get remove -y telnetd >/dev/null 2>&1', "apt.packages({ packages: ['telnetd'], present: false })"],
  ['apt-get purge -y a b', "apt.packages({ packages: ['a', 'b'], present: false, purge: true })"],
  ['apt-get remove --purge -y a', "apt.packages({ packages: ['a'], present: false, purge: true })"],
  [
    'apt-get update && apt-get install -y ⟨name⟩',
    'apt.packages({ update: true })',
    'apt.packages({ packages: [...[name].flat()] })',
  ],
  ['dnf install -y git', "dnf.packages({ packages: ['git'] })"],
  ['sudo yum -y remove telnet-server', "dnf.packages({ packages: ['telnet-server'], present: false }, { sudo: true })"],
  ['apk add --no-cache curl', "apk.packages({ packages: ['curl'], update: true })"],
  ['apk del curl', "apk.packages({ packages: ['curl'], present: false })"],
  ['systemctl start ntp', "systemd.service({ service: 'ntp', running: true })"],
  [
    'systemctl stop ntp cron',
    "systemd.service({ service: 'ntp', running: false })",
    "systemd.service({ service: 'cron', running: false })",
  ],
  ['systemctl enable --now ntp', "systemd.service({ service: 'ntp', running: true, enabled: true })"],
  ['systemctl disable --now ntp', "systemd.service({ service: 'ntp', running: false, enabled: false })"],
  [
    'sudo systemctl restart nginx.service',
    "systemd.service({ service: 'nginx.service', restarted: true }, { sudo: true })",
  ],
  ['systemctl reload nginx', "systemd.service({ service: 'nginx', reloaded: true })"],
  ['service ssh restart', "systemd.service({ service: 'ssh', restarted: true })"],
  [
    'useradd -m -s /bin/bash -G adm,sudo deploy',
    "server.user({ user: 'deploy', groups: ['adm', 'sudo'], append: true, createHome: true, shell: '/bin/bash' })",
  ],
  [
    'useradd -r -u 450 -d /var/lib/app app',
    "server.user({ user: 'app', uid: 450, home: '/var/lib/app', system: true })",
  ],
  ['usermod -aG docker ⟨who⟩', "server.user({ user: who, groups: ['docker'], append: true })"],
  ["usermod -c 'Ada L.' --shell=/bin/sh ada", "server.user({ user: 'ada', shell: '/bin/sh', comment: 'Ada L.' })"],
  ['userdel -r former', "server.user({ user: 'former', present: false, removeHome: true })"],
  ['groupadd -g 1200 deployers', "server.group({ group: 'deployers', gid: 1200 })"],
  ['groupadd --system app', "server.group({ group: 'app', system: true })"],
  ['groupdel app', "server.group({ group: 'app', present: false })"],
  ['mkdir -p /srv/app /srv/log', "files.directory({ path: '/srv/app' })", "files.directory({ path: '/srv/log' })"],
  ['mkdir -m 750 /srv/⟨site⟩', "files.directory({ path: `/srv/${site}`, mode: '0750' })"],
  ['chmod 600 /etc/app.key', "files.attributes({ path: '/etc/app.key', mode: '0600' })"],
  ['chmod +x /usr/local/bin/a', "files.attributes({ path: '/usr/local/bin/a', mode: '+x' })"],
  ['chmod -R 755 /srv/app', "files.attributes({ path: '/srv/app', mode: '0755', recursive: true })"],
  ['chmod go-w /srv', "files.attributes({ path: '/srv', mode: 'go-w' })"],
  [
    'chown -R deploy:www-data /srv/app',
    "files.attributes({ path: '/srv/app', owner: 'deploy', group: 'www-data', recursive: true })",
  ],
  ['chown ⟨user⟩ /srv', "files.attributes({ path: '/srv', owner: user })"],
  ['chgrp adm /var/log/app', "files.attributes({ path: '/var/log/app', group: 'adm' })"],
  ['ln -sfn /srv/app-2 /srv/app', "files.link({ path: '/srv/app', target: '/srv/app-2' })"],
  ['ln /a /b', "files.link({ path: '/b', target: '/a', symbolic: false })"],
  ['cp -p /etc/a.conf /etc/a.conf.bak', "files.copy({ src: '/etc/a.conf', dest: '/etc/a.conf.bak', preserve: true })"],
  ['rm -f /tmp/x', "files.file({ path: '/tmp/x', present: false })"],
  ['rm -rf /srv/old', "files.directory({ path: '/srv/old', present: false })"],
  ['touch /etc/cron.deny', "files.file({ path: '/etc/cron.deny' })"],
  [
    "sed -i 's/^#\\?Port .*/Port 2222/' /etc/ssh/sshd_config",
    "files.replace({ path: '/etc/ssh/sshd_config', pattern: /^#?Port .*/, replacement: 'Port 2222' })",
  ],
  [
    "sed -i -E 's|^(server) .*|\\1 new.example|g' /etc/ntp.conf",
    "files.replace({ path: '/etc/ntp.conf', pattern: /^(server) .*/g, replacement: '$1 new.example' })",
  ],
  [
    "sed -i '/^server old/d' /etc/ntp.conf",
    "files.line({ path: '/etc/ntp.conf', line: /^server old/, present: false })",
  ],
  [
    "sed -i 's#/var/www#/srv/www#' /etc/a",
    "files.replace({ path: '/etc/a', pattern: /\\/var\\/www/, replacement: '/srv/www' })",
  ],
  ["echo 'server new.example' >> /etc/ntp.conf", "files.line({ path: '/etc/ntp.conf', line: 'server new.example' })"],
  [
    'echo vm.swappiness=⟨n⟩ >>/etc/sysctl.d/a.conf',
    "files.line({ path: '/etc/sysctl.d/a.conf', line: `vm.swappiness=${n}` })",
  ],
  ['echo hello > /etc/motd', "files.put({ dest: '/etc/motd', content: 'hello\\n' })"],
  ["printf 'a\\nb\\n' >/etc/list", "files.put({ dest: '/etc/list', content: 'a\\nb\\n' })"],
  ["printf '%s\\n' one two > /etc/list", "files.put({ dest: '/etc/list', content: 'one\\ntwo\\n' })"],
  [
    'echo nameserver 10.0.0.1 | sudo tee -a /etc/resolv.conf >/dev/null',
    "files.line({ path: '/etc/resolv.conf', line: 'nameserver 10.0.0.1' }, { sudo: true })",
  ],
  ['echo x | tee /etc/x', "files.put({ dest: '/etc/x', content: 'x\\n' })"],
  ['sysctl -w net.ipv4.ip_forward=1', "server.sysctl({ key: 'net.ipv4.ip_forward', value: '1' })"],
  [
    "sysctl -w net.ipv4.tcp_rmem='4096 87380 6291456'",
    "server.sysctl({ key: 'net.ipv4.tcp_rmem', value: '4096 87380 6291456' })",
  ],
  ['hostnamectl set-hostname web-1.example', "server.hostname({ hostname: 'web-1.example' })"],
  ['timedatectl set-timezone Europe/Berlin', "server.timezone({ timezone: 'Europe/Berlin' })"],
  [
    'git clone -b main https://git.example/app.git /srv/app',
    "git.repo({ src: 'https://git.example/app.git', dest: '/srv/app', branch: 'main' })",
  ],
  [
    "(crontab -l 2>/dev/null; echo '0 3 * * 1-5 /usr/local/bin/backup --all') | crontab -",
    "server.crontab({ command: '/usr/local/bin/backup --all', minute: '0', hour: '3', weekday: '1-5' })",
  ],
  [
    "(crontab -u ada -l; echo '@daily tidy') | crontab -u ada -",
    "server.crontab({ command: 'tidy', special: '@daily', user: 'ada' })",
  ],
  ["cat > /etc/motd <<'EOF'\na $b\n  'c'\nEOF\n", `files.put({ dest: '/etc/motd', content: "a $b\\n  'c'\\n" })`],
  [
    'sudo tee -a /etc/hosts <<END >/dev/null\n10.0.0.1 a\nEND',
    "files.line({ path: '/etc/hosts', line: '10.0.0.1 a' }, { sudo: true })",
  ],
  ['systemctl status ntp; apt-get install -y ntp', "apt.packages({ packages: ['ntp'] })"],
  ['sudo -u app mkdir /srv/app/x', 'files.directory({ path: \'/srv/app/x\' }, { sudo: "app" })'],
  ['/usr/bin/systemctl start ntp', "systemd.service({ service: 'ntp', running: true })"],
]

const READS = [
  'uname -r',
  'cat /etc/hosts | grep web | sort | uniq -c',
  'systemctl is-active ntp',
  'df -h /',
  'sudo ls /root',
  'dpkg -l',
  'true',
  'crontab -l',
  'date -u +%s',
  'test ! -e /etc/nologin',
  'command -v ntpd',
  'journalctl -u ssh -n 20 --no-pager',
  'ls ⟨path⟩ 2>/dev/null',
  'find /var/log -size +1M',
  'ip -br addr',
  'sysctl -n net.ipv4.ip_forward',
]

const UNKNOWN = [
  ...[
    'ntpdate pool',
    'date -s 12:00',
    'hostname web-9',
    'journalctl --vacuum-size=1M',
    'env ntpdate pool',
    'cat > /etc/motd <<EOF\nfor $USER\nEOF',
    "sudo cat > /etc/motd <<'EOF'\nx\nEOF",
    'apt-get dist-upgrade -y',
    'apt-get install -y ./a.deb',
    'apt-get install -y ntp-',
    'apt-get install -t backports ntp',
  ],
  ...[
    'mkdir app',
    'mkdir -p /srv/{a,b}',
    'rm -rf /tmp/*',
    'rm old',
    'cp a /b',
    'cp /a /b/',
    'cp -r /a /b',
    'ln -s /a /b/',
    'mv /a /b',
    'touch -d x /a',
  ],
  ...[
    'chmod 0x1 /a',
    'chown 0:0 /a',
    'chown root: /a',
    'sed -i s/a/aa/ /f',
    "sed -i 's/a/b/;s/c/d/' /f",
    "sed -n '/x/p' /f",
    "sed -i 's/a$b/c/' /f",
    "sed -i 's/a/b/' f",
  ],
  ...[
    'echo -n x > /f',
    "echo 'a\\nb' > /f",
    'echo x > f',
    'sudo echo x > /f',
    'echo x > /dev/sda',
    'echo x >> /f 2>/g',
    'printf %d 1 > /f',
  ],
  ...[
    'systemctl daemon-reload',
    'systemctl start a && ntpdate b',
    'useradd -N x',
    'usermod -L x',
    'usermod -m -d /new x',
    'userdel -f x',
  ],
  ...[
    'git clone https://git.example/app.git',
    'crontab -r',
    "echo '* * * * * x' | crontab -",
    'sort -o /f /g',
    'uniq /a /b',
    'find / -name core -delete',
    'ip link set eth0 down',
    'ip addr add 10.0.0.1/8 dev eth0',
    'sysctl -n vm.swappiness=1',
    'ss -K dst 10.0.0.1',
    'apt-get install -y $P',
    'PATH=/x apt-get install a',
    '',
  ],
]

describe('a shell line is offered as operations', () => {
  test.each(LINES)('%s', (line, ...calls) => expect(told(line)).toEqual(calls))
  test.each(READS)('%s only looks', line => expect(told(line)).toBe('reads'))
  test.each(UNKNOWN)('%s can only be run', line => expect(told(line)).toBe('unknown'))
})

describe("sed's expressions", () => {
  test.each<[string, boolean, string | undefined]>([
    ['a\\+b\\?c*', false, 'a+b?c*'],
    ['a+b?(c)', false, 'a\\+b\\?\\(c\\)'],
    ['\\(a\\|b\\)\\{2\\}', false, '(a|b){2}'],
    ['(a|b){2}', true, '(a|b){2}'],
    ['\\(a\\)', true, '\\(a\\)'],
    ['[[:space:]]*[^]a-z]', false, '[\\s]*[^\\]a-z]'],
    ['^\\s*x\\.y$', false, '^\\s*x\\.y$'],
    ['*a', false, '\\*a'],
    ['a^b', false, undefined],
    ['[[.hyphen.]]', false, undefined],
    ['\\x41', false, undefined],
  ])('%s (extended: %s)', (sed, extended, js) => expect(jsPattern(sed, extended)).toBe(js))

  test.each<[string, string | undefined]>([
    ['a & b', 'a $& b'],
    ['\\1\\&\\/', '$1&/'],
    ['$5', '$$5'],
    ['a\\nb', undefined],
  ])('replacement %s', (sed, js) => expect(jsReplacement(sed)).toBe(js))
})
