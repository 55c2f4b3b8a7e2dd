import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import type { LanguageOptions, Question, Reply, Request } from './requests.js'
import { LanguageSession } from './session.js'

/** A worker that cannot do with less is replaced no more often than after so many answers. */
const FEWEST_ANSWERS = 100

/** The thread that a `LanguageClient` asks. Questions are answered one after the other, in the order they come. */
function serve(options: LanguageOptions): void {
  const session = new LanguageSession(loadTypeScript(), options)
  const reply = (message: Reply) => parentPort?.postMessage(message)
  let warming: NodeJS.Immediate | undefined
  let stale = true
  let answers = 0
  const mostMemory = (options.mostMemory ?? 768) * 1e6
  // Whoever asked gets another worker, which is told all that this one knew.
  const endIfGrown = (): void => {
    if (answers >= FEWEST_ANSWERS && getHeapStatistics().used_heap_size > mostMemory) process.exit()
  }
  // A new file makes TypeScript go through all of them: better while nothing is asked than at the next keystroke.
  const warm = (): void => {
    warming = setImmediate(() => {
      if (session.fold()) return warm()
      if (stale) session.warmUp()
      stale = false
      endIfGrown()
    })
  }
  parentPort?.on('message', ({ number, question }: Request) => {
    clearImmediate(warming)
    try {
      reply({ kind: 'answer', number, answer: answer(session, question) })
    } catch (error) {
      reply({ kind: 'failed', number, reason: error instanceof Error ? error.message : String(error) })
    }
    stale ||= question.kind === 'commit' || question.kind === 'declare'
    answers += 1
    if (stale) warm()
    else warming = setImmediate(endIfGrown)
  })
  reply({ kind: 'started' })
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

serve(workerData)
