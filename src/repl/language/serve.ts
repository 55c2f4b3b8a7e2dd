import { getHeapStatistics } from 'node:v8'
import type { Question, Reply, Request } from './requests.js'
import type { LanguageSession } from './session.js'

/** A worker that cannot do with less is replaced no more often than after so many answers. */
const FEWEST_ANSWERS = 100

/** Milliseconds; where it takes longer, there is no time for it. */
const LONGEST_PRACTICE = 150

/** How a worker hears and is heard. */
export interface Port {
  reply(message: Reply): void
  listen(listener: (request: Request) => void): void
}

/**
 * Answers questions one after the other, in the order they come.
 *
 * @param mostMemory megabytes that may be held while nothing is asked; a worker that holds more ends itself
 */
export function serve(session: LanguageSession, port: Port, mostMemory = 768): void {
  let warming: NodeJS.Immediate | undefined
  let stale = true
  let answers = 0
  // what only runs code never completes anything
  let completing = false
  let practised: number | 'enough' = 0
  // Whoever asked gets another worker, which is told all that this one knew.
  const endIfGrown = (): void => {
    if (answers >= FEWEST_ANSWERS && getHeapStatistics().used_heap_size > mostMemory * 1e6) process.exit()
  }
  // A new file makes TypeScript go through all of them: better while nothing is asked than at the next keystroke.
  const warm = (): void => {
    warming = setImmediate(() => {
      if (session.fold()) return warm()
      if (stale) session.warmUp()
      stale = false
      if (completing && practised !== 'enough') {
        const began = performance.now()
        const more = session.practise(practised) && performance.now() - began < LONGEST_PRACTICE
        practised = more ? practised + 1 : 'enough'
        return warm()
      }
      endIfGrown()
    })
  }
  port.listen(({ number, question }) => {
    clearImmediate(warming)
    try {
      port.reply({ kind: 'answer', number, answer: answer(session, question) })
    } catch (error) {
      port.reply({ kind: 'failed', number, reason: error instanceof Error ? error.message : String(error) })
    }
    stale ||= question.kind === 'commit' || question.kind === 'declare'
    completing ||= question.kind === 'complete'
    answers += 1
    warm()
  })
  port.reply({ kind: 'started' })
  session.warmUpChecks()
  // what was asked meanwhile goes first
  warm()
}

function answer(session: LanguageSession, question: Question): unknown {
  switch (question.kind) {
    case 'check':
      return session.check(question.source)
    case 'complete':
      return session.complete(question.source, question.position)
    case 'quickInfo':
      return session.quickInfo(question.source, question.position)
    case 'definition':
      return session.definition(question.source, question.position)
    case 'describe':
      return session.describe(question.source, question.position, question.name)
    case 'signature':
      return session.signature(question.source, question.position)
    case 'commit':
      return session.commit(question.id, question.source)
    case 'forget':
      return session.forget()
    case 'declare':
      return session.declare(question.file, question.text)
    case 'inventory':
      return session.knows(question.names)
    case 'warmUp':
      return session.warmUp()
  }
}
