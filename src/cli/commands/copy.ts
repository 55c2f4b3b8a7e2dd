import { UsageError } from '../../engine/errors.js'
import type { Fleet } from '../../engine/fleet/api.js'
import type { Results } from '../../engine/fleet/results.js'
import type { TransferResult } from '../../engine/fleet/transfer-result.js'
import type { DownloadOptions, UploadOptions } from '../../engine/run/transfer.js'
import { processOutput } from '../output.js'
import { followTask } from '../render/progress.js'
import { inShot, printResults } from './exec.js'
import type { CommonFlags } from './flags.js'
import { NO_CATALOGUE, withWorkspace } from './workspace.js'

interface CopyFlags extends CommonFlags {
  readonly download?: boolean
  readonly sudo?: boolean | string
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  readonly exclude?: readonly string[]
  readonly followLinks?: boolean
  readonly overwrite?: boolean
  readonly timeout?: number
  readonly parallel?: number
}

/** `muster copy`: files and directories to every host, or from every host to here. */
export function copy(inventory: string, paths: readonly string[], flags: CopyFlags): Promise<number> {
  const to = paths.at(-1)
  const sources = paths.slice(0, -1)
  if (to === undefined || sources.length === 0)
    throw new UsageError('copy needs what to copy and where to: muster copy INVENTORY -- FROM… TO')
  checkFlags(flags)
  // Each of several goes into the last path under its own name.
  const into = sources.length > 1 && !to.endsWith('/') ? `${to}/` : to
  const output = processOutput(flags.json ?? false)
  let progress = followTask(process.stderr)
  return withWorkspace(
    inventory,
    flags,
    output,
    event => progress.see(event),
    async shot => {
      let good = true
      for (const source of sources) {
        const results = await inShot(shot, fleet => copyOne(fleet, source, into, flags))
        progress.end()
        printResults(results, shot.output, false)
        good &&= [...results.outcomes.values()].every(({ status }) => status === 'ok')
        if (shot.signal.aborted) break
        progress = followTask(process.stderr)
      }
      progress.end()
      return good ? 0 : 1
    },
    NO_CATALOGUE,
  )
}

function copyOne(fleet: Fleet, source: string, to: string, flags: CopyFlags): Promise<Results<TransferResult>> {
  if (flags.download) return fleet.download(source, to, downloadOptions(flags))
  return fleet.upload(source, to, uploadOptions(flags))
}

function checkFlags({ download, overwrite, mode, owner, group }: CopyFlags): void {
  if (download && (mode ?? owner ?? group) !== undefined)
    throw new UsageError('--mode, --owner and --group go with copies to hosts, not with --download.')
  if (overwrite && !download)
    throw new UsageError('--overwrite goes with --download: a copy to hosts replaces what is there.')
  if (mode !== undefined && !/^[0-7]{3,4}$/.test(mode))
    throw new UsageError(`--mode takes octal digits such as 0644, not ${mode}.`)
}

function uploadOptions({ mode, owner, group, ...flags }: CopyFlags): UploadOptions {
  return {
    ...commonOptions(flags),
    ...(mode ? { mode } : {}),
    ...(owner ? { owner } : {}),
    ...(group ? { group } : {}),
  }
}

function downloadOptions({ overwrite, ...flags }: CopyFlags): DownloadOptions {
  return { ...commonOptions(flags), ...(overwrite ? { overwrite } : {}) }
}

function commonOptions({ sudo, exclude, followLinks, timeout, parallel }: CopyFlags): DownloadOptions & UploadOptions {
  return {
    ...(sudo === undefined ? {} : { sudo }),
    ...(exclude ? { exclude } : {}),
    ...(followLinks ? { followLinks } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    ...(parallel === undefined ? {} : { parallel }),
  }
}
