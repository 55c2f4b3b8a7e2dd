import { existsSync, readFileSync } from 'node:fs'
import { UsageError } from '../../engine/errors.js'
import { EXPORT_MARK } from './header.js'
import { isAsProven } from './proof.js'

/** Who exports, and whether whatever an export holds may go. */
export interface WriteOver {
  readonly session: string
  readonly sure: boolean
  /** What to write to be sure: `:export! deploy.ts`. */
  readonly surely: string
}

/**
 * Looks at the file that an export is to be written to. What muster itself exported from this session may be written over.
 *
 * @param file as the person named it
 * @throws {UsageError} the file is none of muster's; or, unless they are sure, another session's or edited since
 */
export function refuseWriteOver(path: string, file: string, { session, sure, surely }: WriteOver): void {
  if (!existsSync(path)) return
  const text = readFileSync(path, 'utf8')
  if (!text.startsWith(EXPORT_MARK))
    throw new UsageError(`${file} is there and was not exported by muster: choose another name.`)
  if (sure) return
  const of = exportedFrom(text)
  const why =
    isAsProven(text) === false
      ? 'was edited since muster wrote it'
      : of === session
        ? undefined
        : `is what session ${of} exported`
  if (why !== undefined)
    throw new UsageError(`${file} ${why}, which would be lost: ${surely} writes over it all the same.`)
}

/** The session that an export says it is from. */
export const exportedFrom = (text: string): string | undefined =>
  /^\S+ Exported by muster from session (\S+)/.exec(text)?.[1]
