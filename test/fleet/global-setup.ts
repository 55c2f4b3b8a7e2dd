import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type Lab, startLab } from './lab.js'
import type { LabAnswer } from './provided.js'

/**
 * Gives all tests of one vitest run one lab. It starts when the first test file asks for it on a socket, so that a run
 * which needs no hosts waits for none, and this process, which outlives the tests' workers, takes it down at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-run-'))
  let lab: Promise<Lab> | undefined
  const server = createServer(async socket => {
    lab ??= startLab()
    const answer: LabAnswer = await lab.then(
      ({ id }) => ({ id }),
      (error: unknown) => ({ error: String(error) }),
    )
    socket.end(JSON.stringify(answer))
  })
  const path = join(folder, 'lab')
  await new Promise<void>(resolve => server.listen(path, resolve))
  project.provide('labSocket', path)
  const interrupted = (): void => rmSync(folder, { recursive: true })
  process.once('exit', interrupted)
  return async () => {
    process.off('exit', interrupted)
    server.close()
    await rm(folder, { recursive: true })
    const started = await lab?.catch(() => undefined)
    await started?.stop()
  }
}
