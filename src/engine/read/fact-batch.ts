import type { RawResult } from '../connect/link.js'
import type { FactOutput, FactQuestion } from '../fact.js'
import { isPlain } from '../shell/plain-script.js'

/** Answers to a batch, in the order asked: output, or word that the program it needs is not installed. */
export type BatchAnswer = FactOutput | 'missing' | 'unanswered'

/**
 * One script that asks several facts and marks where each answer ends on both streams, so that any number of facts is one round trip.
 *
 * @param nonce text that no answer will hold; new for every batch
 */
export function batchScript(questions: readonly FactQuestion<unknown>[], nonce: string): string {
  const parts = questions.map(({ command, requires }, i) => {
    // A fork is most of what a small fact costs.
    const [open, close] = isPlain(command) ? '{}' : '()'
    const ask = `${open}\n${command}\n${close} </dev/null; printf '\\n${nonce} ${i} %d\\n' "$?"`
    const asked = requires
      ? `if command -v ${requires} >/dev/null 2>&1; then ${ask}; else printf '\\n${nonce} ${i} missing\\n'; fi`
      : ask
    return `${asked}; printf '\\n${nonce} ${i}\\n' >&2`
  })
  return `PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"\n${parts.join('\n')}\n`
}

/** Takes a batch's outputs apart again. */
export function batchAnswers(raw: RawResult, count: number, nonce: string): BatchAnswer[] {
  const answers: BatchAnswer[] = []
  let out = 0
  let err = 0
  for (let i = 0; i < count; i++) {
    const mark = Buffer.from(`\n${nonce} ${i} `)
    const end = raw.stdout.indexOf(mark, out)
    const lineEnd = end < 0 ? -1 : raw.stdout.indexOf(10, end + mark.length)
    if (lineEnd < 0) {
      answers.push('unanswered')
      continue
    }
    const status = raw.stdout.toString('latin1', end + mark.length, lineEnd)
    const errMark = Buffer.from(`\n${nonce} ${i}\n`)
    const errEnd = raw.stderr.indexOf(errMark, err)
    const stderr = errEnd < 0 ? '' : raw.stderr.toString('utf8', err, errEnd)
    answers.push(
      status === 'missing' ? 'missing' : { bytes: raw.stdout.subarray(out, end), stderr, exitCode: Number(status) },
    )
    out = lineEnd + 1
    if (errEnd >= 0) err = errEnd + errMark.length
  }
  return answers
}
