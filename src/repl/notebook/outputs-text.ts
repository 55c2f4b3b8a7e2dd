import type { CellOutput, Outputs } from './outputs.js'

/** What stands first in a file of outputs. */
const HEAD = JSON.stringify({ outputs: 'muster', schema: 2 })

/**
 * Outputs as text: one line each, so that git merges what two people added (`merge=union`) and a conflict that it leaves can be
 * read past.
 */
export function printOutputs({ cells }: Outputs): string {
  const lines = Object.entries(cells).flatMap(([id, outputs]) =>
    outputs.map(output => JSON.stringify({ id, ...output })),
  )
  return `${[HEAD, ...lines].join('\n')}\n`
}

/** Reads outputs, also those of the first version, which were one JSON value. @returns `undefined` for what holds none */
export function parseOutputs(text: string): Outputs | undefined {
  const whole = jsonOf(text)
  if (isFirstVersion(whole)) return { cells: whole.cells }
  const lines = text.split('\n').filter(line => line !== '' && !/^(?:<{7}|={7}|>{7}|\|{7})/.test(line))
  if (lines[0] !== HEAD) return undefined
  const cells = new Map<string, CellOutput[]>()
  for (const line of new Set(lines)) {
    if (line === HEAD) continue
    const { id, ...output } = idOf(jsonOf(line))
    if (id === undefined || !isOutput(output)) return undefined
    const known = cells.get(id)
    if (known) known.push(output)
    else cells.set(id, [output])
  }
  return { cells: Object.fromEntries(cells) }
}

function idOf(value: unknown): { readonly id?: string } {
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return {}
  return { ...value, id: value.id }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isFirstVersion(value: unknown): value is Outputs {
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return false
  if (!('cells' in value) || typeof value.cells !== 'object' || value.cells === null) return false
  return Object.values(value.cells).every(outputs => Array.isArray(outputs) && outputs.every(isOutput))
}

function isOutput(value: unknown): value is CellOutput {
  return (
    typeof value === 'object' &&
    value !== null &&
    'hash' in value &&
    typeof value.hash === 'string' &&
    'end' in value &&
    typeof value.end === 'object' &&
    'console' in value &&
    Array.isArray(value.console)
  )
}
