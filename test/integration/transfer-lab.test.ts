import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createLink } from '../../src/engine/connect/index.js'
import type { Identity, Link } from '../../src/engine/connect/link.js'
import { Cargo } from '../../src/engine/transfer/cargo.js'
import { closing } from '../fleet/link-to.js'
import { describeOnLab } from '../fleet/shared.js'

const ROOT: Identity = { via: 'sudo', user: 'root' }

describeOnLab('transfers on real hosts', lab => {
  const HOST = 'h2'
  let folder = ''
  const work = '/srv/transfers'
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-lab-files-'))
    writeFileSync(join(folder, 'small'), 'small\n')
    writeFileSync(join(folder, 'big'), Buffer.alloc(3_000_000, 'big '))
    await lab.exec(HOST, `mkdir -p ${work} && chmod 755 ${work}`)
  })
  afterEach(async () => {
    expect(await lab.exec(HOST, `find ${work} /home/deploy -name '.muster-*'`)).toBe('')
  })
  afterAll(async () => {
    await lab.exec(HOST, `umount ${work}/small 2>/dev/null; rm -rf ${work}`)
    rmSync(folder, { recursive: true })
  })

  const as = (user: 'root' | 'ops' | 'deploy'): Link => {
    const host = lab.hosts.find(({ name }) => name === HOST)
    if (!host) throw new Error(`no ${HOST}`)
    const { address, port } = host
    const login = { user, identityFile: lab.key, knownHostsFile: lab.knownHosts, sudoPassword: lab.deployPassword }
    const settings = { address, port, ...login, sshConfigFile: false as const, agent: false as const }
    return closing(createLink({ name: HOST, settings }))
  }
  const send = async (link: Link, name: string, path: string, identity?: Identity) =>
    link.upload({
      cargo: await Cargo.local(join(folder, name), { shared: false }),
      path,
      ...(identity ? { identity } : {}),
    })
  const status = (path: string) => lab.exec(HOST, `stat -c '%U:%G %a %s' ${path}`)

  test.each(['small', 'big'])('%s: to a place of root’s by sudo, mode and owner kept', async name => {
    for (const user of ['ops', 'deploy'] as const) {
      await lab.exec(HOST, `echo old >${work}/f; chown ops:deploy ${work}/f; chmod 0640 ${work}/f`)
      const { size } = statSync(join(folder, name))
      await send(as(user), name, `${work}/f`, ROOT)
      expect(await status(`${work}/f`)).toBe(`ops:deploy 640 ${size}\n`)
    }
    await send(as('ops'), name, `${work}/new-${name}`, ROOT)
    expect(await status(`${work}/new-${name}`)).toMatch(/^root:root 644 /)
    const link = as('ops')
    const cargo = await Cargo.local(join(folder, name), { shared: false })
    await link.upload({ cargo, path: `${work}/own`, identity: ROOT, owner: 'deploy', group: 'ops', mode: '0600' })
    expect(await status(`${work}/own`)).toMatch(/^deploy:ops 600 /)
  })

  test.each(['small', 'big'])('%s: no permission is told in a sentence', async name => {
    await expect(send(as('deploy'), name, `${work}/denied`)).rejects.toThrow(
      `h2: ${work}/denied: no permission to write there`,
    )
    await expect(send(as('deploy'), name, '/root/denied')).rejects.toThrow(
      /^h2: \/root\/denied: no permission to write there$/,
    )
  })

  test('a tree of a user with directories that even its owner may not write into', async () => {
    const tree = join(folder, 'tree')
    mkdirSync(join(tree, 'closed', 'deeper'), { recursive: true })
    writeFileSync(join(tree, 'closed', 'big'), Buffer.alloc(100_000, 'x'))
    writeFileSync(join(tree, 'closed', 'small'), 'x')
    symlinkSync('closed/small', join(tree, 'link'))
    chmodSync(join(tree, 'closed', 'deeper'), 0o500)
    chmodSync(join(tree, 'closed'), 0o555)
    const link = as('deploy')
    expect(await send(link, 'tree', 'in-home')).toMatchObject({ files: 2, unchanged: false })
    expect(await send(link, 'tree', 'in-home')).toMatchObject({ bytes: 0, unchanged: true })
    const found = "cd /home/deploy/in-home && find . -printf '%p %M %u %l\\n' | sort"
    expect((await lab.exec(HOST, found)).split('\n')).toEqual([
      '. drwxr-xr-x deploy ',
      './closed dr-xr-xr-x deploy ',
      './closed/big -rw-r--r-- deploy ',
      './closed/deeper dr-x------ deploy ',
      './closed/small -rw-r--r-- deploy ',
      './link lrwxrwxrwx deploy closed/small',
      '',
    ])
    await link.download({ path: 'in-home', local: join(folder, 'back') })
    expect(readFileSync(join(folder, 'back', 'closed', 'big')).equals(readFileSync(join(tree, 'closed', 'big')))).toBe(
      true,
    )
    expect([
      statSync(join(folder, 'back', 'closed')).mode & 0o777,
      statSync(join(folder, 'back', 'closed', 'deeper')).mode & 0o777,
    ]).toEqual([0o555, 0o500])
    await lab.exec(HOST, 'rm -rf /home/deploy/in-home')
  })

  test('what only root may read comes by sudo, and is told where it may not be read', async () => {
    await lab.exec(
      HOST,
      `head -c 700000 /dev/zero >${work}/secret; chmod 600 ${work}/secret; chown root:root ${work}/secret`,
    )
    await expect(as('deploy').download({ path: `${work}/secret`, local: join(folder, 's') })).rejects.toThrow(
      `h2: ${work}/secret: no permission to read it`,
    )
    await as('deploy').download({ path: `${work}/secret`, local: join(folder, 's'), identity: ROOT })
    expect([statSync(join(folder, 's')).size, statSync(join(folder, 's')).mode & 0o777]).toEqual([700_000, 0o600])
    await lab.exec(HOST, `mkdir -p ${work}/d/hidden && chmod 700 ${work}/d/hidden`)
    await expect(as('deploy').download({ path: `${work}/d`, local: join(folder, 'd') })).rejects.toThrow(
      /^h2: \/srv\/transfers\/d: no permission to read it \(find: .*Permission denied\)$/,
    )
  })

  test('a full disk is told in a sentence: the old file stands, nothing is left', async () => {
    await lab.exec(HOST, `mkdir -p ${work}/small && mount -t tmpfs -o size=1m,mode=777 tmpfs ${work}/small`)
    try {
      await lab.exec(HOST, `echo old >${work}/small/f; chmod 666 ${work}/small/f`)
      for (const [link, identity] of [
        [as('deploy'), undefined],
        [as('deploy'), ROOT],
        [as('root'), undefined],
      ] as const) {
        await expect(send(link, 'big', `${work}/small/f`, identity)).rejects.toThrow(
          `h2: ${work}/small/f: no space left on the device`,
        )
        expect(await lab.exec(HOST, `cat ${work}/small/f; ls -A ${work}/small`)).toBe('old\nf\n')
      }
      await lab.exec(HOST, `head -c 2000000 /dev/zero >${work}/small/fill 2>/dev/null || :`)
      const link = as('deploy')
      const full = `h2: ${work}/small/f: no space left on the device`
      await expect(send(link, 'small', `${work}/small/f`)).rejects.toThrow(full)
      await expect(link.write(`${work}/small/f`, Buffer.alloc(10_000))).rejects.toThrow(full)
      expect(await lab.exec(HOST, `cat ${work}/small/f; ls -A ${work}/small`)).toBe('old\nf\nfill\n')
    } finally {
      await lab.exec(HOST, `umount ${work}/small`)
    }
  })

  test('a read-only file system is told in a sentence', async () => {
    await lab.exec(HOST, `mkdir -p ${work}/small && mount -t tmpfs -o size=1m,ro tmpfs ${work}/small`)
    try {
      for (const name of ['small', 'big', 'tree']) {
        const place = `${work}/small/${name}`
        await expect(send(as('root'), name, place)).rejects.toThrow(`h2: ${place}: the file system is read-only`)
      }
    } finally {
      await lab.exec(HOST, `umount ${work}/small`)
    }
  })
})
