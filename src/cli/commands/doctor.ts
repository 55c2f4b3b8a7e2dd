import type { Identity } from '../../engine/connect/link.js'
import { examine } from '../../engine/doctor/examine.js'
import { isWell, type ReportLine, reportLines } from '../../engine/doctor/report.js'
import { processOutput } from '../output.js'
import type { Paint } from '../render/paint.js'
import type { CommonFlags } from './flags.js'
import { NO_CATALOGUE, withWorkspace } from './workspace.js'

interface DoctorFlags extends CommonFlags {
  readonly sudo?: boolean | string
}

/** `muster doctor`: connects every host, tells how that went, and what to do where it failed. Exit code 0: all ready. */
export function doctor(
  inventory: string | undefined,
  pattern: string | undefined,
  flags: DoctorFlags,
): Promise<number> {
  const output = processOutput(flags.json ?? false)
  return withWorkspace(
    inventory,
    flags,
    output,
    () => {},
    async ({ workspace: { engine }, signal, output: clean }) => {
      const fleet = pattern === undefined ? engine.fleet : engine.fleet.match(pattern)
      const become = identityOf(flags.sudo)
      const found = await Promise.all(
        fleet.names.map(name => {
          const { link, entry } = engine.machine(name)
          return examine(link, entry.connect, { signal, ...(become ? { become } : {}) })
        }),
      )
      if (clean.json) for (const each of found) clean.record({ ...each, ok: isWell(each) })
      else clean.data(reportLines(found).map(line => painted(line, clean.paint)))
      return found.every(isWell) ? 0 : 1
    },
    NO_CATALOGUE,
  )
}

function identityOf(sudo: boolean | string | undefined): Identity | undefined {
  if (sudo === undefined || sudo === false) return undefined
  return { via: 'sudo', ...(sudo === true ? {} : { user: sudo }) }
}

function painted({ text, tone }: ReportLine, paint: Paint): string {
  switch (tone) {
    case 'good':
      return paint.green(text)
    case 'bad':
      return paint.red(text)
    case 'advice':
      return paint.cyan(text)
    case 'faint':
      return paint.dim(text)
    case 'plain':
      return text
  }
}
