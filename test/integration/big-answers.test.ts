import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandResult } from '../../src/engine/fleet/command-result.js'
import { outcomeText, outcomeView } from '../../src/engine/fleet/outcome-view.js'
import { linkTo } from '../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd, terminalsMissing } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`big answers over a real sshd: ${why}`)

const MB = 1_000_000

describe.skipIf(why)('big answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-big-'))
  const temporary = process.env.TMPDIR
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
    process.env.TMPDIR = folder
  })
  afterAll(async () => {
    await sshd?.stop()
    if (temporary === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = temporary
    rmSync(folder, { recursive: true })
  })
  const ask = async (script: string) => new CommandResult(script, await linkTo(sshd).run(script, { spill: true }))

  test('100 MB in one line: the beginning as text, the whole in a stream or a file, nothing on disk with a name', async () => {
    const result = await ask("head -c 100000000 /dev/zero | tr '\\0' x; printf end; echo err >&2; exit 3")
    expect(readdirSync(folder)).toEqual([])
    expect([result.size, result.truncated, result.exitCode, result.stderr]).toEqual([100 * MB + 3, true, 3, 'err\n'])
    expect([result.stdout.length, result.bytes.length]).toEqual([16 * 1024 * 1024, 16 * 1024 * 1024])
    const path = join(folder, 'saved')
    await result.save(path)
    const saved = readFileSync(path)
    expect(saved.equals(Buffer.concat([Buffer.alloc(100 * MB, 'x'), Buffer.from('end')]))).toBe(true)
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
    rmSync(path)
    const { text } = outcomeView('web-1', { status: 'ok', value: result, ms: 1 })
    expect(text.slice(0, 64 * 1024)).toBe('x'.repeat(64 * 1024))
    expect(text.slice(64 * 1024)).toMatch(/^\n… 99,934,4\d\d more bytes$/)
  })

  test('both outputs big, every byte value, and the shell goes on', async () => {
    const link = linkTo(sshd)
    const cycle = Array.from({ length: 256 }, (_, n) => `\\${n.toString(8).padStart(3, '0')}`).join('')
    const script = `i=0; while [ $i -lt 4000 ]; do printf '${cycle}'; printf '${cycle}' >&2; i=$((i+1)); done`
    const [result, next] = await Promise.all([link.run(script, { spill: true }), link.run('echo next')])
    const bytes = Buffer.from(Array.from({ length: 256 * 4000 }, (_, n) => n % 256))
    expect([result.truncated, result.stdout.length]).toEqual([false, 256 * 1024])
    for (const file of [result.stdoutFile, result.stderrFile]) expect(file?.head(2 * MB).equals(bytes)).toBe(true)
    expect(next.stdout.toString()).toBe('next\n')
  })

  test('equal answers fold, different ones do not', async () => {
    const big = (end: string) => ask(`head -c 3000000 /dev/zero; echo ${end}`)
    const [a, b, c] = await Promise.all([big('same'), big('same'), big('other')])
    expect(a?.foldKey).toBe(b?.foldKey)
    expect(a?.foldKey).not.toBe(c?.foldKey)
  })

  test('what fits into memory stays there', async () => {
    const result = await ask('echo small; echo err >&2')
    expect([result.stdout, result.size, result.truncated]).toEqual(['small\n', 6, false])
    expect(outcomeText('web-1', { status: 'ok', value: result, ms: 1 })).toBe('small\nerr')
    const { stdout, stdoutFile } = await linkTo(sshd).run('head -c 262144 /dev/zero', { spill: true })
    expect([stdout.length, stdoutFile]).toEqual([262_144, undefined])
  })

  test.skipIf(terminalsMissing())('on a terminal too', async () => {
    const pty = { columns: 80, rows: 24 }
    const result = await linkTo(sshd).run("stty -opost; head -c 20000000 /dev/zero | tr '\\0' x", { pty, spill: true })
    expect([result.stdoutFile?.size, result.truncated]).toEqual([20 * MB, false])
  })

  test('memory stays bounded while several hosts answer 100 MB at once', async () => {
    const bench = fileURLToPath(new URL('../../bench/big-answers.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', bench, '4', '100'], {
      env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.test.json' },
    })
    expect(JSON.parse(stdout)).toMatchObject({ hosts: 4, megabytes: 100 })
    expect(JSON.parse(stdout).rssPeakMB).toBeLessThan(400)
  })
})
