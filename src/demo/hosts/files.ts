import { aptFiles } from './apt.js'
import type { DemoFile } from './demo-file.js'
import type { HostPlan, Release } from './fleet-plan.js'
import { logFiles } from './logs.js'
import { unitFiles } from './units.js'

/**
 * All that is special about a host's disk: what a newcomer will list, compare and change.
 * The differences are on purpose: web-2 asks an old time server and has an older curl, web-3 was never upgraded and
 * keeps a forgotten account, db-1 and edge-1 have other roles.
 *
 * @param now the time that the logs lead up to
 */
export function hostFiles(plan: HostPlan, now: Date): readonly DemoFile[] {
  const { name, role } = plan
  return [
    { path: '/etc/hostname', content: `${name}\n` },
    { path: '/etc/hosts', content: `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost\n` },
    { path: '/etc/os-release', content: osRelease(plan.release) },
    { path: '/etc/debian_version', content: `${plan.release}\n` },
    { path: '/etc/timezone', content: 'Etc/UTC\n' },
    { path: '/etc/nsswitch.conf', content: 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n' },
    { path: '/etc/shells', content: '/bin/sh\n/bin/bash\n/bin/dash\n' },
    { path: '/etc/profile', content: PROFILE },
    { path: '/etc/motd', content: MOTD[role] },
    { path: '/etc/ntp.conf', content: ntpConf(name) },
    { path: '/etc/login.defs', content: 'UID_MIN 1000\nGID_MIN 1000\nUSERGROUPS_ENAB yes\nUMASK 022\n' },
    { path: '/etc/skel/.profile', content: 'umask 022\n' },
    ...accountFiles(plan),
    ...serviceFiles(plan),
    ...unitFiles(plan),
    ...aptFiles(plan),
    ...logFiles(plan, now),
  ]
}

const PROFILE = `PS1='\\u@'"$(hostname)"':\${PWD}# '\nexport PS1\n`

const MOTD: Readonly<Record<HostPlan['role'], string>> = {
  web: 'A web server of the demo fleet. Nothing here is real: change what you like.\n',
  db: 'The database server of the demo fleet. Nothing here is real: change what you like.\n',
  edge: 'An edge proxy of the demo fleet. Nothing here is real: change what you like.\n',
}

const CODENAME: Readonly<Record<Release, string>> = { '12.9': 'bookworm', '11.11': 'bullseye' }

/** os-release(5). The name is the demo's own; `ID` is debian because the tools in it are used as Debian's. */
function osRelease(release: Release): string {
  const [major] = release.split('.')
  return [
    `PRETTY_NAME="Demo Linux ${release} (${CODENAME[release]})"`,
    'NAME="Demo Linux"',
    `VERSION_ID="${major}"`,
    `VERSION="${release} (${CODENAME[release]})"`,
    `VERSION_CODENAME=${CODENAME[release]}`,
    'ID=debian',
    '',
  ].join('\n')
}

function ntpConf(host: string): string {
  const server = host === 'web-2' ? 'old.demo.example' : 'ntp.demo.example'
  return `# Time from our own servers only.\ndriftfile /var/lib/ntp/ntp.drift\nserver ${server} iburst\nrestrict default nomodify notrap\n`
}

interface Account {
  readonly name: string
  readonly id: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

const NOLOGIN = '/usr/sbin/nologin'

const ACCOUNTS: readonly Account[] = [
  { name: 'root', id: 0, comment: 'root', home: '/root', shell: '/bin/sh' },
  { name: 'daemon', id: 1, comment: 'daemon', home: '/usr/sbin', shell: NOLOGIN },
  { name: 'www-data', id: 33, comment: 'www-data', home: '/var/www', shell: NOLOGIN },
  { name: 'nobody', id: 65534, comment: 'nobody', home: '/nonexistent', shell: NOLOGIN },
  { name: 'ops', id: 1000, comment: 'Operations', home: '/home/ops', shell: '/bin/bash' },
  { name: 'deploy', id: 1001, comment: 'Deployments', home: '/home/deploy', shell: '/bin/sh' },
]

const POSTGRES: Account = {
  name: 'postgres',
  id: 105,
  comment: 'PostgreSQL',
  home: '/var/lib/postgresql',
  shell: '/bin/bash',
}
const FORGOTTEN: Account = {
  name: 'temp',
  id: 1002,
  comment: 'Remove after migration',
  home: '/home/temp',
  shell: '/bin/bash',
}

/** passwd(5), group(5) and shadow(5); every account is locked, so there is no password to know. */
function accountFiles(plan: HostPlan): readonly DemoFile[] {
  const accounts = [
    ...ACCOUNTS,
    ...(plan.role === 'db' ? [POSTGRES] : []),
    ...(plan.name === 'web-3' ? [FORGOTTEN] : []),
  ]
  const lines = (line: (account: Account) => string) => accounts.map(account => `${line(account)}\n`).join('')
  return [
    {
      path: '/etc/passwd',
      content: lines(({ name, id, comment, home, shell }) => [name, 'x', id, id, comment, home, shell].join(':')),
    },
    {
      path: '/etc/group',
      content: `${lines(({ name, id }) => `${name === 'nobody' ? 'nogroup' : name}:x:${id}:`)}sudo:x:27:ops\nusers:x:100:\n`,
    },
    { path: '/etc/shadow', content: lines(({ name }) => `${name}:*:19700:0:99999:7:::`), mode: '0640' },
    { path: '/etc/gshadow', content: lines(({ name }) => `${name === 'nobody' ? 'nogroup' : name}:*::`), mode: '0640' },
    ...accounts
      .filter(account => account.home.startsWith('/home/'))
      .map(account => ({ path: `${account.home}/.profile`, content: 'umask 022\n' })),
  ]
}

function serviceFiles(plan: HostPlan): readonly DemoFile[] {
  const cleanup: DemoFile = {
    path: '/etc/cron.d/cleanup',
    content: '15 3 * * * root find /var/tmp -type f -mtime +30 -delete\n',
  }
  switch (plan.role) {
    case 'web':
      return [cleanup, nginxConf(plan), { path: '/var/www/html/index.html', content: '<h1>It works</h1>\n' }]
    case 'edge':
      return [cleanup, nginxConf(plan)]
    case 'db':
      return [
        cleanup,
        { path: '/etc/cron.d/dump', content: '0 2 * * * postgres pg_dumpall > /var/backups/all.sql\n' },
        {
          path: '/etc/postgresql/15/main/postgresql.conf',
          content: "listen_addresses = '10.0.0.21'\nport = 5432\nmax_connections = 100\nshared_buffers = 128MB\n",
        },
      ]
  }
}

function nginxConf(plan: HostPlan): DemoFile {
  const location = plan.role === 'edge' ? 'proxy_pass http://web;' : 'root /var/www/html;'
  return {
    path: '/etc/nginx/nginx.conf',
    content: `user www-data;
worker_processes ${plan.name === 'web-3' ? '2' : 'auto'};

events {
  worker_connections 768;
}

http {
  sendfile on;
  server_tokens ${plan.name === 'web-3' ? 'on' : 'off'};
  access_log /var/log/nginx/access.log;
  server {
    listen 80;
    location / {
      ${location}
    }
  }
}
`,
  }
}
