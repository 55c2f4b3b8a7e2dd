import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { type Algorithm, checksumOf, readChecksum, SUM } from './checksum.js'

const of = (algorithm: Algorithm, chunks: readonly Uint8Array[]): string => {
  const sum = checksumOf(algorithm)
  for (const chunk of chunks) sum.update(chunk)
  return sum.value()
}

test.each(['sha256', 'cksum'] as const)('%s is what the program of the host says, however it is cut', algorithm => {
  const program = algorithm === 'sha256' ? 'sha256sum' : 'cksum'
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }), chunks => {
      const { stdout } = spawnSync(program, { input: Buffer.concat(chunks), encoding: 'utf8' })
      expect(of(algorithm, chunks)).toBe(readChecksum(algorithm, stdout))
    }),
    { numRuns: 30, examples: [[[]], [[Buffer.alloc(70_000, 1)]]] },
  )
})

describe.each(SHELLS)('sum in %s', (_name, program, ...args) => {
  const run = (path: string, size: number, content: string) =>
    spawnSync(program, [...args, '-c', `${path}${SUM}\necho $tool; sum ${size}`], { input: content, encoding: 'utf8' })
      .stdout

  test('SHA-256 by whatever program there is, cksum without any', () => {
    const wanted = of('sha256', [Buffer.from('text')])
    for (const missing of [[], ['sha256sum'], ['sha256sum', 'sha256'], ['sha256sum', 'sha256', 'shasum']]) {
      const less = missing.map(name => `[ "$2" != ${name} ] || return 1`).join('; ')
      const path = `command() { ${less || ':'}; builtin_command "$@"; }\nbuiltin_command() { type "$2"; }\n`
      const [tool, printed = ''] = run(path, 4, 'text').split('\n')
      expect([tool, readChecksum('sha256', printed)]).toEqual(['sha256', wanted])
      const [, big = ''] = run(path, 5_000_000, 'text').split('\n')
      expect(readChecksum('sha256', big)).toBe(wanted)
    }
    const [tool, printed = ''] = run('command() { return 1; }\n', 4, 'text').split('\n')
    expect([tool, readChecksum('cksum', printed)]).toEqual(['cksum', of('cksum', [Buffer.from('text')])])
  })
})
