import { diffLines } from '../../engine/plan/render-diff.js'
import { sanitise } from '../../engine/text/sanitise.js'
import { diffText } from '../diff-text.js'
import { PLAIN_PAINT } from '../paint.js'

/**
 * What differs between two states, as lines; what is known of one alone is said so, since that it was not asked is no difference.
 */
export function compareStates(
  left: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
  [leftName, rightName]: readonly [string, string],
): string[] {
  const names = [...new Set([...left.keys(), ...right.keys()])].sort()
  const lines = names.flatMap(name => {
    const [before, after] = [left.get(name), right.get(name)]
    if (before === after || before === undefined || after === undefined) return []
    const diff = diffLines({ kind: 'text', subject: name, before, after })
    return [sanitise(name), ...diff.map(line => `  ${diffText(line, PLAIN_PAINT)}`)]
  })
  const same = lines.length > 0 ? [] : [`Nothing that was asked differs between ${leftName} and ${rightName}.`]
  const known = [
    ...knownOnly(
      names.filter(name => !right.has(name)),
      leftName,
    ),
    ...knownOnly(
      names.filter(name => !left.has(name)),
      rightName,
    ),
  ]
  return [...lines, ...same, ...known]
}

function knownOnly(names: readonly string[], at: string): string[] {
  return names.length === 0 ? [] : [`known only at ${at}: ${names.map(name => sanitise(name)).join(', ')}`]
}
