import type { Asker } from '../../engine/connect/ask.js'
import { hostsText } from '../../engine/nodeset/fold.js'
import type { Approver } from '../../engine/run/approval.js'
import { Secret } from '../../engine/secret.js'
import { sanitise } from '../../engine/text/sanitise.js'
import type { Output } from '../output.js'
import { decisionFrom, decisionPrompt, requestLines } from './decide.js'
import type { Lines } from './lines.js'

/** Asks for a secret on the terminal, naming who asks and for which hosts. */
export function secretPrompt(question: { prompt: string; hosts: readonly string[]; retry: boolean }): string {
  return `${question.retry ? 'wrong; ' : ''}${sanitise(question.prompt, { colour: false })} (${hostsText(question.hosts)}): `
}

/** Answers questions by asking at the terminal; without one, nobody answers. */
export function lineAsker(lines: Pick<Lines, 'terminal' | 'next' | 'secret'>): Asker {
  return {
    async secret(question) {
      if (!lines.terminal) return undefined
      const answer = await lines.secret(secretPrompt(question))
      return answer === undefined ? undefined : new Secret(answer, question.prompt)
    },
    async hostKey({ hosts, address, keyType, fingerprint, otherNames }) {
      if (!lines.terminal) return undefined
      const also = otherNames.length > 0 ? `, also known as ${sanitise(otherNames.join(' '), { colour: false })}` : ''
      const answer = await lines.next(
        `${hostsText(hosts)} (${sanitise(address, { colour: false })}) has the unknown ${keyType} key ${fingerprint}${also}. Trust it? yes/no/[fingerprint]: `,
      )
      return answer?.trim().toLowerCase() === 'yes' || answer?.trim() === fingerprint
    },
  }
}

/** Decides on plans by asking at the terminal or reading the answer from the script. */
export function lineApprover(lines: Lines, output: Output): Approver {
  return async request => {
    output.data(requestLines(request, output.paint))
    for (;;) {
      const answer = await lines.next(decisionPrompt(request))
      if (answer === undefined) {
        output.talk(`Not applied: nobody is there to approve it (run with --yes to apply without asking).`)
        return { kind: 'decline' }
      }
      const decision = decisionFrom(answer, request)
      if (decision) return decision
      output.talk(`“${answer.trim()}” is no answer here.`)
    }
  }
}
