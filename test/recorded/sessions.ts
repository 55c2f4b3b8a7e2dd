/** What a person typed in a session on the hosts of the test fleet: h1 (with systemd) and h2 are `web`, h3 is `db`. */
export interface TypedSession {
  /**
   * Cells and colon commands in their order. `!decline` declines the next plan; `!fill h3` leaves no room on a disk and `!free h3`
   * gives it back; `!part` approves only the first group of hosts.
   */
  readonly typed: readonly string[]
  /** Local files that cells read, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Environment variables that the deploy takes secrets from. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Something in its export can only be run: the proof says so. */
  readonly partly?: true
  /** Its first host has to run systemd, which takes a second to boot. */
  readonly systemd?: true
  /** Its hosts have dnf, rpm and git, and repositories of both. */
  readonly rpm?: true
  /** Things that a deploy leaves otherwise than the session did, each with the reason. */
  readonly differs?: Readonly<Record<string, string>>
}

/** Sessions as they happen: with errors, retries, redeclarations, changes of focus, shell lines, hosts that fail. */
export const SESSIONS: Readonly<Record<string, TypedSession>> = {
  'a line that was corrected': {
    typed: [
      'facts.server.os()',
      ':focus web',
      "files.line({ path: '/etc/ntp.conf', line: 'server old.example' })",
      "files.line({ path: '/etc/ntp.conf', line: 'server new.example', replace: /^server / })",
      "throw new Error('on purpose')",
      '$`cat /etc/ntp.conf`',
    ],
  },
  'packages by shell lines': {
    typed: [
      '$`dpkg -l muster-hello`',
      '$`apt-get install -y muster-nothing`',
      '$`apt-get update -q`',
      '$`DEBIAN_FRONTEND=noninteractive apt-get install -y muster-hello`',
      '$`dpkg -s muster-hello | grep ^Version`',
    ],
  },
  'packages by dnf, and a clone': {
    rpm: true,
    typed: [
      '$`rpm -q muster-hello`',
      '$`dnf install -y muster-nothing`',
      ':focus db',
      '$`sudo dnf -q -y install muster-hello-1.0`',
      ':focus web',
      '$`dnf install -y muster-tool`',
      '$`dnf remove -y muster-tool`',
      '$`dnf list --installed`',
      '$`dnf remove -y muster-old && rpm -qa`',
      '$`git clone file:///srv/git/site.git /srv/www/site`',
      '$`git -C /srv/www/site log --oneline`',
      ':focus',
      '$`git clone -q -b stable file:///srv/git/site.git /srv/www/stable && cat /srv/www/stable/index`',
      '$`git clone /srv/git/nosuch.git /srv/www/nosuch`',
    ],
  },
  'a package that was not wanted after all': {
    typed: [
      ':focus h2',
      "apt.packages({ packages: ['muster-tool'], update: true })",
      '$`command -v muster-tool`',
      ':undo',
      "apt.packages({ packages: ['muster-hello'] })",
    ],
  },
  'a service with its configuration': {
    systemd: true,
    typed: [
      ':focus h1',
      "const demo = 'muster-demo'",
      'apt.packages({ packages: [demo], update: true })',
      'systemd.service({ service: demo, running: true, enabled: true })',
      "files.put({ dest: '/etc/muster-demo.d/extra', content: 'level = 3\\n' })",
      'changed.systemd.service({ service: demo, restarted: true })',
      '$`systemctl is-active muster-demo`',
    ],
  },
  'a service by shell lines': {
    systemd: true,
    typed: [
      ':focus h1',
      '$`systemctl status cron`',
      '$`systemctl stop cron && systemctl disable cron`',
      '$`echo \'EXTRA_OPTS="-L 4"\' >> /etc/default/cron`',
      '$`systemctl enable --now cron`',
      '$`systemctl restart cron`',
    ],
  },
  accounts: {
    typed: [
      '$`groupadd -g 1300 builders`',
      '$`useradd -m -s /bin/bash -G builders ada`',
      '$`useradd -m ada`',
      "$`usermod -aG adm -c 'Ada L.' ada`",
      '$`id ada`',
      "server.user({ user: 'bob', shell: '/bin/sh', groups: ['builders'] })",
      "server.user({ user: 'bob', present: false, removeHome: true })",
    ],
  },
  'a tree of directories': {
    typed: [
      "const sites = ['one', 'two']",
      'for (const site of sites) await $`mkdir -p /srv/www/${site}/htdocs`',
      "sites.push('three')",
      'for (const site of sites) {\n  await files.put({ dest: `/srv/www/${site}/index`, content: `${site}\\n` })\n}',
      '$`chown -R www-data:www-data /srv/www && chmod 750 /srv/www`',
      '$`ls -lR /srv/www`',
    ],
  },
  'names declared again': {
    typed: [
      "const path = '/etc/first.conf'",
      "files.put({ dest: path, content: 'first\\n' })",
      "const path = '/etc/second.conf'",
      "files.put({ dest: path, content: 'second\\n' })",
      "const path = nonsense('/etc/third.conf')",
      "files.line({ path, line: 'more' })",
    ],
  },
  'a host whose disk was full': {
    typed: [
      '!fill h3',
      "files.put({ dest: '/opt/big', content: 'x'.repeat(20000) + '\\n' })",
      '!free h3',
      ':retry',
      'failed.size',
    ],
  },
  'what was taken back': {
    typed: [
      "files.put({ dest: '/etc/motd', content: 'closed\\n' })",
      "files.directory({ path: '/opt/kept' })",
      ':undo 1',
      "const r = await files.put({ dest: '/opt/kept/x', content: 'x' })",
      'r.undo()',
    ],
  },
  'host by host': {
    typed: [
      "await fleet.each(async host => {\n  const os = await host.facts.server.os()\n  const name = await host.facts.server.hostname()\n  if (os.family === 'debian') await host.files.put({ dest: '/etc/where', content: `${os.codename}\\n` })\n})",
      "fleet.where(host => host.groups.includes('web')).files.line({ path: '/etc/where', line: 'web' })",
    ],
  },
  'a decision from an answer': {
    typed: [
      'const kernels = await fleet.with({ readOnly: true }).$`uname -s`',
      "const linux = kernels.where(k => k.text === 'Linux')",
      "linux.files.put({ dest: '/etc/linux', content: 'yes\\n' })",
      "const nobody = kernels.where(k => k.text === 'Plan9')",
      'nobody.size',
    ],
  },
  'lines edited by sed': {
    typed: [
      "$`printf '#Level 1\\nMode slow\\nold a\\nold b\\n' > /etc/tuner.conf`",
      "$`sed -i 's/^#\\\\?Level .*/Level 4/' /etc/tuner.conf`",
      "$`sed -i -E 's|^(Mode) .*|\\\\1 fast|' /etc/tuner.conf`",
      "$`sed -i '/^old/d' /etc/tuner.conf`",
      '$`cat /etc/tuner.conf`',
    ],
  },
  'kernel parameters': {
    typed: [
      '$`sysctl net.ipv4.ip_forward`',
      '$`sysctl -w net.ipv4.ip_forward=0`',
      '$`sysctl -w net.ipv4.ip_forward=1`',
      "$`echo 'net.ipv4.ip_forward = 1' >> /etc/sysctl.d/90-forward.conf`",
    ],
  },
  'the time zone': {
    systemd: true,
    differs: {
      '/etc/timezone': 'timedatectl(1) leaves the file as it was; the operation says the same in both places',
    },
    typed: ['facts.server.timezone()', ':focus h1', '$`timedatectl set-timezone Europe/Berlin`', '$`date`'],
  },
  'a name for a host': {
    systemd: true,
    typed: [
      "host('h1').$`hostnamectl set-hostname web-1.example`",
      "host('h2').server.hostname({ hostname: 'web-2.example' })",
    ],
  },
  'jobs by night': {
    typed: [
      ':focus db',
      '$`crontab -l`',
      "$`(crontab -l 2>/dev/null; echo '0 3 * * * /usr/local/bin/backup') | crontab -`",
      "server.crontab({ command: '/usr/local/bin/backup', minute: '30', hour: '2' })",
      "$`(crontab -l; echo '@daily /usr/local/bin/tidy --all') | crontab -`",
    ],
  },
  'a script that is installed': {
    partly: true,
    typed: [
      "$`printf '#!/bin/sh\\necho backup\\n' > /usr/local/bin/backup`",
      '$`/usr/local/bin/backup`',
      '$`chmod +x /usr/local/bin/backup`',
      '$`cp -p /usr/local/bin/backup /usr/local/bin/backup.before`',
      '$`ln -sf /usr/local/bin/backup /usr/local/bin/bk`',
      '$`bk`',
    ],
  },
  'functions and types': {
    typed: [
      'interface Site { name: string; port: number }',
      'const text = ({ name, port }: Site): string => `${name} on ${port}`',
      'const install = (site: Site) => files.put({ dest: `/etc/sites.d/${site.name}`, content: `${text(site)}\\n` })',
      ':focus web',
      "await install({ name: 'shop', port: 8080 })",
      ':focus db',
      "await install({ name: 'stock', port: 8081 })",
    ],
  },
  "a module of the person's own": {
    files: {
      'lib/greeting.ts':
        "import type { Fleet } from 'muster'\n\nexport const greeting = 'welcome\\n'\nexport const greet = (fleet: Fleet) => fleet.files.put({ dest: '/etc/greeting', content: greeting })\n",
    },
    typed: ["import { greet, greeting } from './lib/greeting.js'", 'greeting.length', 'await greet(fleet)'],
  },
  'a template': {
    files: { 'node.conf.j2': 'name = {{ name }}\nrole = {{ role }}\n' },
    typed: [
      "files.template({ src: 'node.conf.j2', dest: '/etc/node.conf', vars: { name: 'x' } })",
      "fleet.files.template(host => ({ src: 'node.conf.j2', dest: '/etc/node.conf', vars: { name: host.name, role: host.groups[0] ?? 'none' } }))",
    ],
  },
  'files that are worked out, then edited': {
    files: { 'node.conf.j2': 'name = {{ name }}\nrole = {{ role }}\n' },
    typed: [
      "const [level, extra] = [3, 'extra = 1']",
      'files.put({ dest: "/etc/tuned.conf", content: `level = ${level}\\nmode = slow\\n` })',
      "files.line({ path: '/etc/tuned.conf', line: 'mode = fast', replace: /^mode/ })",
      'files.line({ path: "/etc/tuned.conf", line: extra })',
      "fleet.files.template(host => ({ src: 'node.conf.j2', dest: '/etc/node.d/conf', vars: { name: host.name, role: 'x' } }))",
      "$`sed -i 's/^role.*/role = edge/' /etc/node.d/conf`",
      '$`cp /etc/tuned.conf /etc/tuned.other`',
      "$`echo 'other = yes' >> /etc/tuned.other`",
    ],
  },
  'a plan that was declined': {
    typed: [
      '!decline',
      "files.put({ dest: '/etc/risky', content: 'x\\n' })",
      ':focus h2',
      "files.put({ dest: '/etc/risky', content: 'only here\\n' })",
    ],
  },
  'a focus that wanders': {
    differs: { '/etc/wander': 'a line that was appended twice is there once' },
    typed: [
      ':focus h[1,3]',
      "files.line({ path: '/etc/wander', line: 'one and three' })",
      ':focus web',
      "files.line({ path: '/etc/wander', line: 'web' })",
      ':focus @web,!h1',
      '$`echo two >> /etc/wander`',
      ':focus',
      "$`echo 'all of them' >> /etc/wander`",
      "$`echo 'all of them' >> /etc/wander`",
    ],
  },
  'files that were removed': {
    typed: [
      '$`mkdir -p /opt/old/deep && touch /opt/old/deep/file /opt/stale`',
      "files.put({ dest: '/opt/old/x', content: 'x' })",
      '$`rm -f /opt/stale`',
      '$`rm -rf /opt/old`',
      "files.put({ dest: '/opt/new', content: 'x' })",
    ],
  },
  'as another user': {
    typed: [
      "const ops = fleet.with({ sudo: 'ops' })",
      "ops.files.put({ dest: '/home/ops/notes', content: 'mine\\n' })",
      '$`sudo mkdir -m 700 /opt/private`',
      '$`echo secret-free | sudo tee /opt/private/note > /dev/null`',
    ],
  },
  'a shell line that stays': {
    partly: true,
    typed: [
      '$`cp -r /etc/skel /opt/skel`',
      "files.put({ dest: '/etc/skel-copied', content: 'yes\\n' })",
      '$`ls /opt/skel`',
      '$`nosuch --command`',
    ],
  },
  'values of earlier cells': {
    typed: [
      "facts.files.text({ path: '/etc/debian_version' })",
      "const release = _2 ?? 'none'",
      "files.put({ dest: '/etc/release-seen', content: 'seen\\n' })",
      "_.changed.files.line({ path: '/etc/release-seen', line: 'and changed' })",
    ],
  },
}
