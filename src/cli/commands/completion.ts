import type { Command } from 'commander'
import { nobody } from '../../engine/connect/index.js'
import { UsageError } from '../../engine/errors.js'
import { declineAll } from '../../engine/run/approval.js'
import { catalogue } from '../../repl/catalogue.js'
import { openWorkspace } from '../../repl/workspace.js'
import type { Candidate } from '../completion/candidate.js'
import { candidates, type Names } from '../completion/candidates.js'
import { SCRIPTS } from '../completion/scripts.js'
import { processOutput } from '../output.js'
import { factsOf } from './fact.js'
import { NO_CATALOGUE } from './workspace.js'

/** `muster completion SHELL`: the script that makes a shell complete muster's command line. */
export function completion(shell: string): number {
  const script = Object.entries(SCRIPTS).find(([name]) => name === shell)?.[1]
  if (script === undefined)
    throw new UsageError(`There is no completion for ${shell}; there is for ${Object.keys(SCRIPTS).join(', ')}.`)
  process.stdout.write(script)
  return 0
}

/** `muster __complete -- WORDS`: what those scripts ask. */
export async function complete(program: Command, words: readonly string[]): Promise<number> {
  const found = await candidates(program, words, process.cwd(), names)
  processOutput(false).data(found.map(line))
  return 0
}

const names: Names = {
  facts: async () => factsOf(catalogue).map(({ name, summary }) => ({ text: name, about: summary })),
  async hosts(inventory) {
    try {
      const workspace = await openWorkspace({
        inventory,
        directory: process.cwd(),
        asker: nobody,
        approver: declineAll,
        emit: () => {},
        catalogue: NO_CATALOGUE,
      })
      return [...workspace.inventory.hosts.keys(), ...[...workspace.inventory.groups.keys()].map(group => `@${group}`)]
    } catch {
      return [] // an inventory that cannot be opened is for the command to report, not for the Tab key
    }
  },
}

function line({ text, about }: Candidate): string {
  return about === undefined ? text : `${text}\t${about}`
}
