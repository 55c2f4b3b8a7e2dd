import ts from 'typescript'
import { expect, it } from 'vitest'
import { mayWrite } from './may-write.js'

const domains = new Set(['files', 'apt', 'systemd'])

it.each([
  ["facts.files.text({ path: '/etc/motd' })", false],
  ["group('web').facts.server.os()", false],
  ['await $`grep ^server /etc/ntp.conf`', false],
  ['await $`df -h`', false],
  ['$`dpkg -s ntp | grep ^Version`', false],
  ['$`ip link set eth0 down`', true],
  ['$`cat a > b`', true],
  ['$`date -s now`', true],
  ['$`cat ${file}`', true],
  ['web.$`systemctl restart nginx`', true],
  ["files.line({ path: '/x', line: 'y' })", true],
  ["if (old.size) await old.with({ sudo: true }).apt.packages({ packages: ['x'] })", true],
  ["await group('web').script('true')", true],
  ['await deploy(fleet)', true],
  ['const f = (n: number) => n * 2; f(3)', false],
  ['names.join().toUpperCase()', false],
])('%s', (source, writes) => expect(mayWrite(ts, source, domains)).toBe(writes))
