import type ts from 'typescript'
import { positionAt } from '../../engine/modules/compiler.js'
import type { CommittedCells } from './committed-cells.js'
import type { Draft } from './draft.js'
import type { SessionFiles } from './files.js'
import type { Place } from './requests.js'

export interface PlaceContext {
  readonly cells: Pick<CommittedCells, 'get'>
  readonly files: Pick<SessionFiles, 'has' | 'origin' | 'readFile'>
}

/**
 * Where what stands at an offset of a draft's file is declared: in the draft, in an earlier cell, in a file. Of what only the
 * prompt binds, where its type is.
 */
export function declaredAt(draft: Draft, at: number, context: PlaceContext): Place | undefined {
  const { service, file } = draft
  const declared = reexported(service, service.getDefinitionAtPosition(file, at) ?? [])
  return (
    firstPlace(declared, draft, context) ??
    firstPlace(service.getTypeDefinitionAtPosition(file, at) ?? [], draft, context)
  )
}

/** The declarations themselves, for places where they are only passed on: `export { line } from './line.js'`. */
export function reexported(
  service: ts.LanguageService,
  definitions: readonly ts.DefinitionInfo[],
): readonly ts.DefinitionInfo[] {
  return definitions.flatMap(definition => {
    const { fileName, textSpan } = definition
    const further = service.getDefinitionAtPosition(fileName, textSpan.start) ?? []
    return further.some(each => each.fileName !== fileName) ? further : [definition]
  })
}

function firstPlace(definitions: readonly ts.DefinitionInfo[], draft: Draft, context: PlaceContext): Place | undefined {
  for (const { fileName, textSpan } of definitions) {
    const place = placeIn(fileName, textSpan.start, draft, context)
    if (place) return place
  }
  return undefined
}

function placeIn(file: string, start: number, draft: Draft, context: PlaceContext): Place | undefined {
  if (file === draft.file) return { kind: 'draft', offset: draft.virtual.toOriginal(start) }
  const cell = context.cells.get(file)
  if (cell) return { kind: 'cell', cell: cell.cell, ...positionAt(cell.source, cell.virtual.toOriginal(start)) }
  if (context.files.has(file)) return undefined
  const origin = context.files.origin(file, start)
  const text = origin && context.files.readFile(origin.file)
  return !origin || text === undefined
    ? undefined
    : { kind: 'file', file: origin.file, ...positionAt(text, origin.offset) }
}
