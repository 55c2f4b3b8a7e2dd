import { startupSnapshot } from 'node:v8'
import compiler from 'typescript'
import { OWN_TYPES } from '../own-types.js'
import { documentRegistry } from './registry.js'
import type { LanguageOptions, Request } from './requests.js'
import { serve } from './serve.js'
import { LanguageSession } from './session.js'

/**
 * What `node --build-snapshot` runs: TypeScript with the types of the language, of Node and of muster read and bound, kept as
 * the heap they make (https://nodejs.org/docs/latest-v20.x/api/cli.html#--build-snapshot). A process started from it answers its
 * first question after a few hundred milliseconds, a thread that has to read all of it after two to three seconds.
 */
const registry = documentRegistry(compiler, '/')
// What was worked out for the sample goes, the files that it read stay.
const sample = new LanguageSession(
  compiler,
  { cwd: '/', packages: OWN_TYPES },
  { ...registry, releaseDocumentWithKey: () => {} },
)
// No completion: sorting makes an `Intl.Collator`, which cannot be kept in a snapshot.
sample.warmUpChecks()
sample.close()

startupSnapshot.setDeserializeMainFunction(() => {
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit())
  process.once('message', ({ mostMemory, ...options }: LanguageOptions) => {
    const session = new LanguageSession(compiler, options, registry)
    serve(
      session,
      {
        reply: message => process.send?.(message),
        listen: listener => process.on('message', (request: Request) => listener(request)),
      },
      mostMemory,
    )
  })
})
