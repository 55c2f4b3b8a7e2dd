import { beforeAll, describe, test } from 'vitest'
import { kindsOf } from './kinds.js'
import { type Lab, type LabOptions, startLab } from './lab.js'
import { labUnavailable } from './requirements.js'

/**
 * `describe` for tests that need something of this machine. Where it is missing, one skipped test stands in for them and
 * says why (an error with `MUSTER_CI` set).
 *
 * @param missing why they cannot run; undefined when they can.
 */
export function describeUnless(missing: string | undefined, title: string, tests: () => void): void {
  if (missing === undefined) describe(title, tests)
  else if (process.env.MUSTER_CI === undefined) describe(title, () => test.skip(missing))
  else throw new Error(`MUSTER_CI is set, so tests may not skip: ${missing}`)
}

/**
 * `describe` for tests on a lab that they alone use, and may do anything to. It starts before the first of them.
 *
 * @param tests is given a function that gives the lab while a test or a hook runs.
 * @example
 * describeOnOwnLab('a host that freezes', { hosts: { h1: { base: 'trixie' } } }, lab => {
 *   test('…', async () => lab().freeze('h1'))
 * })
 */
export function describeOnOwnLab(title: string, options: LabOptions, tests: (lab: () => Lab) => void): void {
  const bases = [...kindsOf(options.hosts ?? 3, 0).values()].map(kind => kind.base)
  describeUnless(labUnavailable(bases), title, () => {
    let lab: Lab | undefined
    beforeAll(async () => {
      lab = await startLab(options)
      return () => lab?.stop()
    })
    tests(() => {
      if (lab === undefined) throw new Error('the lab is there only in tests and hooks')
      return lab
    })
  })
}
