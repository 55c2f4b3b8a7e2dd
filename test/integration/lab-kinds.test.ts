import { once } from 'node:events'
import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { CommandFailed, run } from '../fleet/command.js'
import { type HostKind, twoHops } from '../fleet/kinds.js'
import type { Lab } from '../fleet/lab.js'
import { describeOnOwnLab } from '../fleet/own-lab.js'
import { ssh } from '../fleet/ssh-client.js'

const kinds: Readonly<Record<string, HostKind>> = {
  bullseye: { base: 'bullseye', systemd: true },
  bookworm: {},
  trixie: { base: 'trixie', systemd: true },
  busybox: { base: 'busybox' },
  dropbear: { base: 'busybox', server: 'dropbear' },
  'dropbear-on-debian': { server: 'dropbear' },
  tinysshd: { server: 'tinysshd' },
}

describeOnOwnLab('hosts of every kind', { hosts: kinds }, lab => {
  test.each([
    ['bullseye', /^OpenSSH_8\.4/],
    ['bookworm', /^OpenSSH_9\.2/],
    ['trixie', /^OpenSSH_10\.0/],
    ['busybox', /^OpenSSH_9\.2/],
    ['dropbear', /^dropbear_/],
    ['dropbear-on-debian', /^dropbear_/],
    ['tinysshd', /^tinyssh/],
  ])('%s is served by the server that was asked for, under its own key', async (host, version) => {
    expect(await ssh(lab(), host, 'hostname')).toBe(`${host}\n`)
    expect(await bannerOf(lab().host(host).address)).toMatch(version)
  })

  test.each(['root', 'ops', 'deploy'])('%s logs in everywhere with the one key', async user => {
    for (const { name } of lab().hosts) expect(await ssh(lab(), name, 'id -un', '-l', user)).toBe(`${user}\n`)
  })

  test.each(['bullseye', 'trixie'])('systemd runs on %s', async host => {
    expect(await lab().exec(host, 'systemctl is-system-running')).toBe('running\n')
  })

  test.each(['busybox', 'dropbear'])('on %s there is BusyBox and nothing of GNU', async host => {
    expect(await ssh(lab(), host, 'readlink /proc/$$/exe; ls --version 2>&1 | head -n 1')).toMatch(
      /^\/bin\/busybox\nls: unrecognized option/,
    )
    await expect(ssh(lab(), host, 'command -v bash apt-get systemctl sudo python3 perl')).rejects.toThrow(CommandFailed)
  })

  test.each(['bullseye', 'bookworm', 'trixie', 'busybox', 'dropbear-on-debian', 'tinysshd'])(
    '%s serves sftp',
    async host => {
      expect(await sftp(lab(), host, 'ls /etc/hostname')).toContain('/etc/hostname')
    },
  )

  test('Dropbear on BusyBox has no sftp server', async () => {
    await expect(sftp(lab(), 'dropbear', 'ls /etc/hostname')).rejects.toThrow(/Connection closed/)
  })

  test('su asks for the password of deploy on BusyBox', async () => {
    expect(await ssh(lab(), 'busybox', `echo '${lab().deployPassword}' | su deploy -c 'id -un'`, '-l', 'ops')).toMatch(
      /deploy\n$/,
    )
  })
})

describeOnOwnLab('jump hosts', { hosts: twoHops }, lab => {
  test.each(['j1', 'j2', 'p1', 'p2'])('%s answers', async host => {
    expect(await ssh(lab(), host, 'hostname')).toBe(`${host}\n`)
  })

  test.each([
    ['j2', 'j1'],
    ['p1', 'j1'],
    ['p2', 'j2'],
  ])('%s is reached only through %s', async (host, jump) => {
    const reach = `nc -z -w 1 ${lab().host(host).address} 22`
    await lab().exec(jump, reach)
    for (const other of lab().hosts.filter(({ name }) => name !== jump && name !== host)) {
      if (other.behind !== jump) await expect(lab().exec(other.name, reach)).rejects.toThrow(CommandFailed)
    }
    await expect(ssh(lab(), host, 'true', '-o', 'ProxyJump=none')).rejects.toThrow(/No route to host|timed out/)
  })
})

/** What an SSH server calls itself (RFC 4253, 4.2). */
async function bannerOf(address: string): Promise<string> {
  const socket = createConnection({ host: address, port: 22 })
  const [banner]: Buffer[] = await once(socket, 'data')
  socket.destroy()
  return String(banner).replace(/^SSH-2.0-/, '')
}

/** Runs one command of OpenSSH's sftp(1). */
function sftp({ sshConfig }: Lab, host: string, command: string): Promise<string> {
  return run('sh', '-c', 'echo "$3" | sftp -q -b - -F "$1" "$2"', 'sftp', sshConfig, host, command)
}
