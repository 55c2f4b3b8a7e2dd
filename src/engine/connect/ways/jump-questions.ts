import type { Asker } from '../ask.js'
import type { Prover } from '../credentials.js'

/** Says of every question that it is for a jump host, which its name alone does not tell. */
export function askForJump(jump: string, asker: Asker): Asker {
  return {
    secret: question => asker.secret({ ...question, prompt: forJump(question.prompt, jump) }),
    hostKey: question => asker.hostKey({ ...question, host: `jump host ${question.host}` }),
  }
}

/** A password that is right for a jump host is nothing to try on the hosts behind it; a passphrase opens its key for all. */
export function proveForJump(jump: string, credentials: Prover): Prover {
  return {
    prove: (request, attempt) =>
      credentials.prove(
        {
          ...request,
          key: request.key.startsWith('passphrase:') ? request.key : `${request.key}, jump host ${jump}`,
          prompt: forJump(request.prompt, jump),
        },
        attempt,
      ),
  }
}

function forJump(prompt: string, jump: string): string {
  return `${prompt} (jump host ${jump})`
}
