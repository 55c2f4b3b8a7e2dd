import type { DiffLine } from '../../engine/plan/diff.js'
import { diffLines } from '../../engine/plan/render-diff.js'

/** What differs between a deploy that asks again what decided in the session, and one that has the answers written down. */
export function readsDiff(conditions: string, constants: string): DiffLine[] {
  return diffLines({ kind: 'text', subject: 'deploy', before: code(conditions), after: code(constants) }, 1)
}

/** The module without its header, which names the cells that are left. */
function code(source: string): string {
  return source.replace(/^(?:\/\/.*\n)*/, '')
}
