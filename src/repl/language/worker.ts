import { parentPort, workerData } from 'node:worker_threads'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import type { LanguageOptions } from './requests.js'
import { serve } from './serve.js'
import { LanguageSession } from './session.js'

/** The thread that a `LanguageClient` asks. */
const { mostMemory, ...options }: LanguageOptions = workerData

serve(
  new LanguageSession(loadTypeScript(), options),
  {
    reply: message => parentPort?.postMessage(message),
    listen: listener => parentPort?.on('message', listener),
  },
  mostMemory,
)
