import { createConnection } from 'node:net'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'
import { type Lab, openLab } from './lab.js'
import { describeUnless } from './own-lab.js'
import type { LabAnswer } from './provided.js'
import { readRecord } from './record.js'
import { labUnavailable } from './requirements.js'

/** Why there is no lab on this machine; undefined when there is one. */
export const whyNoLab = labUnavailable()

/**
 * The lab that all test files of this run share: three hosts h1 h2 h3, the first with systemd. Undefined where none can run.
 *
 * A test leaves the hosts as it found them, or works on files of its own; one that switches hosts off starts its own lab.
 */
export const lab: Lab | undefined = whyNoLab === undefined ? await sharedLab() : undefined

/**
 * `describe` for tests on the shared lab. Where no lab can run, one skipped test stands in for them and says why
 * (an error with `MUSTER_CI` set).
 *
 * @example
 * describeOnLab('facts over ssh', lab => {
 *   test('…', async () => expect(await lab.exec('h1', 'hostname')).toBe('h1\n'))
 * })
 */
export function describeOnLab(title: string, tests: (lab: Lab) => void): void {
  describeUnless(whyNoLab, title, () => lab && tests(lab))
}

async function sharedLab(): Promise<Lab> {
  const answer: LabAnswer = JSON.parse(await text(createConnection(inject('labSocket'))))
  if ('error' in answer) throw new Error(answer.error)
  const record = await readRecord(answer.id)
  if (record === undefined) throw new Error(`lab ${answer.id} is gone`)
  return openLab(record)
}
