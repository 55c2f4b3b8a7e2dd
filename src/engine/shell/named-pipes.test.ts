import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { joinScript, pipesScript } from './named-pipes.js'

const started = (child: ChildProcessWithoutNullStreams) => {
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function lineOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [line] = await once(child.stdout, 'data')
  return String(line).trimEnd()
}

describe.each(SHELLS)('named pipes, by %s', (_name, program, ...args) => {
  const run = (script: string) => started(spawn(program, [...args, '-c', script]))

  test.each([true, false])('carry stdin and both outputs to their ends, and have no name any more', async shared => {
    const streams = run(pipesScript(randomBytes(16).toString('hex'), shared))
    const path = await lineOf(streams)
    const joiner = run(joinScript(path, 'joined', 'cat; head -c 300000 /dev/zero >&2; exit 5'))
    expect(await lineOf(joiner)).toBe('joined')
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, n) => n % 256))
    streams.stdin.write('joined\n')
    streams.stdin.end(bytes)
    const [out, err] = await Promise.all([buffer(streams.stdout), buffer(streams.stderr)])
    expect([out.equals(bytes), err.length]).toEqual([true, 300_000])
    if (joiner.exitCode === null) await once(joiner, 'exit')
    expect([joiner.exitCode, existsSync(dirname(path))]).toEqual([5, false])
  })

  test('end with what is at their other end, though their own stdin goes on', async () => {
    const streams = run(pipesScript(randomBytes(16).toString('hex'), false))
    const joiner = run(joinScript(await lineOf(streams), 'joined', 'read line; echo "<$line>"'))
    await lineOf(joiner)
    streams.stdin.write('joined\nhello\n')
    expect(await text(streams.stdout)).toBe('<hello>\n')
  })

  test('that nobody joins leave nothing behind', async () => {
    const streams = run(pipesScript(randomBytes(16).toString('hex'), false))
    const path = await lineOf(streams)
    expect(existsSync(`${path}-in`)).toBe(true)
    streams.stdin.end()
    const [code] = await once(streams, 'exit')
    expect([code, existsSync(dirname(path))]).toEqual([1, false])
  })
})
