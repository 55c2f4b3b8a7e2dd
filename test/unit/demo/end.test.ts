import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { demoUnavailable } from '../../../src/demo/available.js'
import { startDemoFleet } from '../../../src/demo/fleet.js'
import { connect } from './client.js'
import { runs, sandboxed } from './processes.js'

const execute = promisify(execFile)
const unavailable = demoUnavailable()

describe.skipIf(unavailable !== undefined)(unavailable ? `skipped: ${unavailable}` : 'the end of a demo fleet', () => {
  test('stop leaves no process, no folder, no listener', async () => {
    const fleet = await startDemoFleet({ count: 2 })
    const processes = sandboxed(process.pid)
    expect(processes).not.toEqual([])
    await Promise.all([fleet.stop(), fleet.stop()])
    expect(processes.filter(runs)).toEqual([])
    expect(existsSync(fleet.directory)).toBe(false)
    await expect(connect({ port: fleet.hosts[0]?.port ?? 0, username: 'root' })).rejects.toThrow('ECONNREFUSED')
  })

  test('an abort stops it, while it starts and while it runs', async () => {
    const early = AbortSignal.abort(new Error('never mind'))
    await expect(startDemoFleet({ signal: early })).rejects.toThrow('never mind')
    const soon = new AbortController()
    const starting = startDemoFleet({ count: 2, signal: soon.signal })
    setTimeout(() => soon.abort(new Error('changed my mind')), 10)
    await expect(starting).rejects.toThrow('changed my mind')
    const late = new AbortController()
    const fleet = await startDemoFleet({ count: 1, signal: late.signal })
    late.abort()
    await expect.poll(() => existsSync(fleet.directory)).toBe(false)
    expect(sandboxed(process.pid)).toEqual([])
  })

  test('a larger fleet starts without a warning', async () => {
    const warnings: Error[] = []
    const collect = (warning: Error) => warnings.push(warning)
    process.on('warning', collect)
    onTestFinished(() => void process.off('warning', collect))
    const fleet = await startDemoFleet({ count: 12 })
    await fleet.stop()
    expect(fleet.hosts.at(-1)?.name).toBe('edge-8')
    expect(warnings).toEqual([])
  })

  test.each([
    ['SIGINT', { code: null, folder: false }],
    ['SIGTERM', { code: null, folder: false }],
    ['SIGHUP', { code: null, folder: false }],
    ['SIGKILL', { code: null, folder: true }],
  ] as const)('%s to its process ends every sandbox', async (signal, { code, folder }) => {
    const child = await inAnotherProcess()
    if (child === undefined) throw new Error('the sources cannot be read')
    const processes = sandboxed(child.pid)
    expect(processes).not.toEqual([])
    const gone = once(child.process, 'exit')
    process.kill(child.pid, signal)
    expect(await gone).toEqual([code, signal])
    await expect.poll(() => processes.filter(runs)).toEqual([])
    expect(existsSync(child.directory)).toBe(folder)
    if (!folder) return
    await (await startDemoFleet({ count: 1 })).stop()
    expect(existsSync(child.directory)).toBe(false)
  })

  test.skipIf(process.getuid?.() !== 0)('an ordinary user can have a fleet as well as root', async context => {
    const child = await inAnotherProcess({ uid: 54321, gid: 54321 })
    if (child === undefined) return context.skip('another user cannot read these sources')
    const gone = once(child.process, 'exit')
    child.process.kill('SIGTERM')
    await gone
    expect(existsSync(child.directory)).toBe(false)
  })
})

const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0

describe.skipIf(!canMount)('where there can be none (a chroot, which takes root to make)', () => {
  // The kernel makes no user namespaces for a process in a chroot (unshare(2), EPERM).
  const inChroot = 'mount --rbind / /mnt && exec chroot --userspec="$0" /mnt sh -c \'cd "$0" && exec "$@"\' "$@"'

  test.each(['0:0', '65534:65534'])('%s is told why and what to do instead', async user => {
    const command = [inChroot, user, process.cwd(), process.execPath, ...HOLDER]
    await expect(execute('unshare', ['--mount', 'sh', '-c', ...command])).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /the demo fleet cannot run here: it needs user namespaces .*not permitted.*; try `muster @local`, or hosts/,
      ),
    })
  })
})

const SCRIPT = `
  const { startDemoFleet } = await import(${JSON.stringify(new URL('../../../src/demo/fleet.ts', import.meta.url))})
  const fleet = await startDemoFleet({ count: 1 })
  console.log(fleet.directory)`

const HOLDER = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT]

/** A fleet of one host, held by a process of its own, as this user or another. */
async function inAnotherProcess(user: { readonly uid?: number; readonly gid?: number } = {}) {
  const holder = spawn(process.execPath, HOLDER, {
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void holder.kill('SIGKILL'))
  let complaint = ''
  holder.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  for await (const directory of createInterface({ input: holder.stdout })) {
    if (holder.pid !== undefined) return { process: holder, pid: holder.pid, directory }
  }
  if (/EACCES/.test(complaint)) return undefined
  throw new Error(`the process holding the fleet failed: ${complaint}`)
}
