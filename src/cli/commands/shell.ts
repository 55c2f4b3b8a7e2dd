import { InterruptedError, UsageError } from '../../engine/errors.js'
import type { Fleet, Host } from '../../engine/fleet/api.js'
import type { InteractiveShell } from '../../engine/shell/interactive-shell.js'
import { processOutput } from '../output.js'
import { inShot } from './exec.js'
import type { CommonFlags } from './flags.js'
import { NO_CATALOGUE, type OneShot, withWorkspace } from './workspace.js'

/** Exit code when the connection was lost, as ssh(1) has it. */
const LOST = 255

interface ShellFlags extends CommonFlags {
  readonly sudo?: boolean | string
  readonly su?: boolean | string
  readonly doas?: boolean | string
}

/** `muster shell`: a host's login shell on this terminal; its exit code is the shell's. */
export function shell(inventory: string, host: string | undefined, flags: ShellFlags): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UsageError('muster shell needs a terminal; without one, muster exec runs commands.')
  return withWorkspace(
    inventory,
    flags,
    processOutput(false),
    () => {},
    async shot => {
      const opened = await open(shot, host, flags)
      shot.freeStdin()
      try {
        const { code, signal } = await opened.attach(process.stdin, process.stdout)
        if (signal !== undefined) shot.output.talk(`The shell was ended by ${signal}.`)
        return code ?? LOST
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error
        shot.output.talk(error.message)
        return LOST
      }
    },
    NO_CATALOGUE,
  )
}

function open(shot: OneShot, name: string | undefined, { sudo, su, doas }: ShellFlags): Promise<InteractiveShell> {
  const { columns, rows } = process.stdout
  const { TERM: term } = process.env
  return inShot(shot, fleet =>
    hostOf(fleet, name).shell({
      pty: { columns, rows },
      ...(term === undefined ? {} : { term }),
      ...(sudo === undefined ? {} : { sudo }),
      ...(su === undefined ? {} : { su }),
      ...(doas === undefined ? {} : { doas }),
    }),
  )
}

/** The host that is named; where the inventory has only one, it need not be. */
function hostOf(fleet: Fleet, name: string | undefined): Host {
  const [only] = fleet.names
  if (name !== undefined) return fleet.host(name)
  if (only === undefined || fleet.size > 1)
    throw new UsageError(`Which of the ${fleet.size} hosts? Write muster shell INVENTORY HOST.`)
  return fleet.host(only)
}
