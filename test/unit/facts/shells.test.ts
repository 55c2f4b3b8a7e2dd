import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cpus, hostname, machine, release, tmpdir, totalmem, uptime, userInfo } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Of } from '../../../src/facts/file-content.js'
import * as facts from '../../../src/facts/index.js'
import { RealHost } from '../local/real-host.js'
import { linkThrough, localShells } from '../local/shells.js'

describe.each(localShells())('facts under $name', shell => {
  const { link, close } = linkThrough(shell)
  const host = new RealHost(link)
  let root = ''
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'muster-facts-'))
  })
  afterAll(async () => {
    rmSync(root, { recursive: true, force: true })
    await close()
  })

  test('server and hardware facts answer sanely on this machine', async () => {
    const os = await host.fact(facts.server.os, undefined)
    expect(os.id).toMatch(/^[a-z]+$/)
    expect(os.family).not.toBe('other')
    const kernel = await host.fact(facts.server.kernel, undefined)
    expect({ ...kernel, release: String(kernel.release) }).toEqual({
      name: 'Linux',
      release: release(),
      machine: machine(),
    })
    expect(await host.fact(facts.server.hostname, undefined)).toBe(hostname())
    expect(Math.abs((await host.fact(facts.server.uptime, undefined)) - uptime())).toBeLessThan(60)
    expect((await host.fact(facts.server.identity, undefined)).user).toBe(userInfo().username)
    const users = await host.fact(facts.server.users, undefined)
    expect(users.root).toMatchObject({ uid: 0, gid: 0, group: 'root', home: '/root' })
    expect(await host.fact(facts.server.account, { user: 'root' })).toEqual(users.root)
    expect(await host.fact(facts.server.account, { user: 'no such' })).toBeUndefined()
    expect((await host.fact(facts.server.groups, undefined)).root?.gid).toBe(0)
    expect((await host.fact(facts.server.mounts, undefined))['/']).toBeDefined()
    expect(await host.fact(facts.server.which, { command: 'sh' })).toMatch(/sh$/)
    expect(await host.fact(facts.server.which, { command: 'no-such-command' })).toBeUndefined()
    const memory = await host.fact(facts.hardware.memory, undefined)
    expect(Math.abs(memory.total - totalmem())).toBeLessThan(1024 * 1024)
    expect(memory.available).toBeGreaterThan(0)
    expect(await host.fact(facts.hardware.cpus, undefined)).toBe(cpus().length)
  })

  test('a path is nothing, a file, a directory or a link', async () => {
    writeFileSync(join(root, 'plain'), 'four')
    chmodSync(join(root, 'plain'), 0o4750)
    mkdirSync(join(root, 'dir'))
    chmodSync(join(root, 'dir'), 0o1777)
    symlinkSync('no where\n', join(root, 'link'))
    const user = userInfo().username
    const at = (path: string) => host.fact(facts.files.file, { path: join(root, path) })
    expect(await at('plain')).toMatchObject({ type: 'file', mode: '4750', size: 4, owner: user })
    expect(await at('dir')).toMatchObject({ type: 'directory', mode: '1777' })
    expect(await at('link')).toMatchObject({ type: 'link', target: 'no where\n' })
    expect(await at('plain/below')).toBeUndefined()
    expect(await at('none/at/all')).toBeUndefined()
    expect((await at('plain'))?.times?.modified.getFullYear()).toBeGreaterThan(2020)
  })

  test('content of every kind', async () => {
    const path = join(root, 'content')
    const read = () => host.fact(facts.files.content, { path })
    expect(await read()).toBeUndefined()
    writeFileSync(path, Buffer.from([0xff, 0, 10]))
    expect(await read()).toMatchObject({ kind: 'binary' })
    await expect(host.fact(facts.files.text, { path })).rejects.toThrow('is not UTF-8 text')
    const large = Buffer.alloc(1024 * 1024 + 1, 'x')
    writeFileSync(path, large)
    expect(await read()).toEqual({ kind: 'large', size: large.length, sha256: sha256Of(large) })
    expect(await host.fact(facts.files.sha256, { path })).toBe(sha256Of(large))
    await expect(host.fact(facts.files.text, { path: root })).rejects.toThrow('is not a regular file')
  })

  test('links resolve, hard links are told apart, what is below is listed', async () => {
    const dir = join(root, 'tree')
    mkdirSync(join(dir, 'sub'), { recursive: true })
    writeFileSync(join(dir, 'sub', 'a b'), '')
    linkSync(join(dir, 'sub', 'a b'), join(dir, 'twin'))
    symlinkSync('sub', join(dir, 'to'))
    chmodSync(join(dir, 'twin'), 0o600)
    expect(await host.fact(facts.files.resolved, { path: join(dir, 'to', 'a b') })).toBe(join(dir, 'sub', 'a b'))
    const same = (other: string) =>
      host.fact(facts.files.sameFile, { path: join(dir, 'twin'), other: join(dir, other) })
    expect(await same('sub/a b')).toBe(true)
    expect(await same('none')).toBe(false)
    expect(await host.fact(facts.files.below, { path: dir })).toEqual(
      ['sub', 'sub/a b', 'to', 'twin'].map(name => join(dir, name)),
    )
    expect(await host.fact(facts.files.below, { path: dir, mode: '0600' })).toEqual([join(dir, 'sub')])
    await expect(host.fact(facts.files.below, { path: dir, owner: 'no-such-user' })).rejects.toThrow('no-such-user')
  })

  test('any text comes back exactly, under any name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fileName, async (text, name) => {
        const path = join(root, name)
        writeFileSync(path, text)
        const whole = Buffer.from(text).toString('utf8')
        expect(await host.fact(facts.files.text, { path })).toBe(whole)
        expect(await host.fact(facts.files.sha256, { path })).toBe(sha256Of(Buffer.from(text)))
        expect(await host.fact(facts.files.file, { path })).toMatchObject({
          type: 'file',
          size: Buffer.byteLength(text),
        })
        rmSync(path)
        expect(await host.fact(facts.files.text, { path })).toBeUndefined()
      }),
      { numRuns: 25 },
    )
  })
})

const fileName = fc
  .string({ unit: fc.constantFrom(...' \n\t\'"$`\\*?[]-!#&;|<>(){}~=aZ0.é'), minLength: 1, maxLength: 12 })
  .filter(name => name !== '.' && name !== '..')
