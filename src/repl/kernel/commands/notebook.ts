import { UsageError } from '../../../engine/errors.js'
import type { DiffLine } from '../../../engine/plan/diff.js'
import type { Reads } from '../../export/constants.js'
import { proofText } from '../../export/proof.js'
import { refuseWriteOver } from '../../export/written-over.js'
import { NOTE } from '../../notebook/prose.js'
import { type Exported, exportPath, exportSession } from '../exported.js'
import type { Kernel } from '../kernel.js'
import { saveSession } from '../saved.js'
import { type ColonCommands, text } from './colon-command.js'

/** Keeping cells and running those that were kept. */
export const NOTEBOOK_COMMANDS: ColonCommands = {
  note: {
    usage: 'TEXT',
    summary: 'Write prose between the cells, in Markdown: it is saved with them.',
    async run(argument, { kernel }) {
      if (argument === '') throw new UsageError('Write the text behind it: :note Why the clocks differ.')
      await kernel.asCell(`${NOTE}${argument}`, async () => undefined)
      return text('')
    },
  },
  save: {
    usage: '[NAME]',
    summary:
      'Write the session as a notebook under history/, or add it to the one that is open; a module that you can edit and run again.',
    async run(argument, { kernel, log, workspace: { engine, inventory }, globals }) {
      const { hosts, groups } = engine.universe
      const path = await saveSession(log, argument, {
        inventory: inventory.source,
        focus: globals.pattern,
        focused: globals.focus,
        ...{ hosts, groups, directory: engine.directory, beside: kernel.savesInto },
        emit: event => kernel.emit(event),
      })
      return text(`saved ${path}`)
    },
  },
  open: {
    usage: 'NAME',
    summary: 'Open a saved notebook beside the session: its cells are shown, and run only by :run.',
    async run(argument, { kernel }) {
      if (argument === '') throw new UsageError('Name the notebook to open: :open fix-ntp.')
      await kernel.openNotebook(argument)
      return text('')
    },
  },
  run: {
    usage: '[N|from N|rest|all]',
    summary:
      'Run the next cell of the open notebook, cell N, or several: these stop before a cell that may change hosts, which :run then runs.',
    async run(argument, { kernel }) {
      if (!kernel.notebook) throw new UsageError('No notebook is open; :open NAME opens one.')
      return { kind: 'run', ...kernel.notebook.take(argument) }
    },
  },
  'run!': {
    usage: '[CODE]',
    summary:
      'Run CODE in spite of its type errors; without it, the cell that was refused last. F5 does so with the draft.',
    run: async () => ({ kind: 'run anyway' }),
  },
  export: {
    usage: 'FILE [conditions|constants]',
    summary:
      'Write what this session changed as a deploy module, and prove it: planned on these hosts it finds nothing to do.',
    destroys: true,
    async run(argument, { kernel, log, workspace, sure }) {
      const [file, said, ...more] = argument.split(/\s+/).filter(word => word !== '')
      if (file === undefined) throw new UsageError('Name the file to write: :export deploy.ts.')
      const reads = READS.find(each => each === said)
      if (more.length > 0 || (said !== undefined && reads === undefined))
        throw new UsageError(
          `After the file comes conditions or constants: what becomes of reads that decide. Not ${[said, ...more].join(' ')}.`,
        )
      const live = { sources: sourcesOf(kernel), valueOf: kernel.valueOf }
      const { engine } = workspace
      const path = exportPath(engine.directory, file)
      refuseWriteOver(path, file, { session: log.session, sure, surely: `:export! ${file}` })
      await kernel.asCell(`:export ${argument}`, async signal => {
        const exported = await exportSession(path, reads, log, workspace, live, signal)
        return 'choice' in exported ? choiceText(file, exported.choice) : exportedText(exported)
      })
      return text('')
    },
  },
}

/** What was typed in this process, secrets and all: it stays in it. */
function sourcesOf({ ran }: Kernel): ReadonlyMap<number, string> {
  return new Map(ran.map(({ cell, source }) => [cell, source]))
}

const READS: readonly Reads[] = ['conditions', 'constants']

/** How reads that decide are shown to whoever is to say what becomes of them. */
function choiceText(file: string, choice: readonly DiffLine[]): string {
  return [
    'Nothing is written yet: what hosts answered decides in this deploy. It can be asked each time (-), or be written down (+):',
    ...choice.map(({ sign, text }) => (sign === '@' ? `@@ ${text} @@` : `${sign} ${text}`)),
    `:export ${file} conditions asks each time, :export ${file} constants writes it down.`,
  ].join('\n')
}

function exportedText({ path, proof, notes }: Exported): string {
  return [`exported ${path}`, proofText(proof), ...notes].join('\n')
}
