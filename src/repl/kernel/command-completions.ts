import type { Universe } from '../../engine/nodeset/pattern.js'
import { brief } from '../../engine/text/brief.js'
import { listNotebooks } from '../../journal/place.js'
import type { Candidates } from '../completion/candidate.js'
import { commandCandidates } from '../completion/command-line.js'
import { definitionViews } from '../definitions.js'
import type { RanCell } from './cell-turns.js'
import { COLON_COMMANDS } from './commands.js'

/** What may stand at the end of a colon command, from what the session has. */
export function commandCompletions(
  typed: string,
  {
    universe,
    history,
    ran,
  }: { readonly universe: Universe; readonly history: string; readonly ran: readonly RanCell[] },
): Candidates {
  return commandCandidates(typed, {
    commands: Object.entries(COLON_COMMANDS).map(([name, { usage, summary }]) => ({ name, usage, summary })),
    inventory: { hosts: universe.hosts, groups: Object.fromEntries(universe.groups) },
    definitions: Object.entries(definitionViews()).map(([name, { kind, summary }]) => ({
      name,
      kind,
      detail: summary,
    })),
    notebooks: () => listNotebooks(history),
    cells: () => ran.map(({ cell, source }) => ({ name: String(cell), kind: 'cell', detail: brief(source) })).reverse(),
  })
}
