import type ts from 'typescript'
import { positionAt } from '../../engine/modules/compiler.js'
import type { EditedText } from '../cells/position-map.js'
import type { SessionFiles } from './files.js'
import type { Place } from './requests.js'

/** A cell as the type checker has it. */
export interface CommittedCell {
  readonly cell: number
  readonly source: string
  readonly virtual: EditedText
}

export interface PlaceContext {
  readonly service: ts.LanguageService
  /** The draft's file, and how it was made. */
  readonly draft: string
  readonly virtual: EditedText
  readonly cells: ReadonlyMap<string, CommittedCell>
  readonly files: Pick<SessionFiles, 'has' | 'origin' | 'readFile'>
}

/**
 * Where what stands at an offset of the draft's file is declared: in the draft, in an earlier cell, in a file. Of what only the
 * prompt binds, where its type is.
 */
export function declaredAt(context: PlaceContext, at: number): Place | undefined {
  const { service, draft } = context
  const declared = service.getDefinitionAtPosition(draft, at) ?? []
  return firstPlace(context, declared) ?? firstPlace(context, service.getTypeDefinitionAtPosition(draft, at) ?? [])
}

function firstPlace(context: PlaceContext, definitions: readonly ts.DefinitionInfo[]): Place | undefined {
  for (const { fileName, textSpan } of definitions) {
    const place = placeIn(context, fileName, textSpan.start)
    if (place) return place
  }
  return undefined
}

function placeIn(context: PlaceContext, file: string, start: number): Place | undefined {
  if (file === context.draft) return { kind: 'draft', offset: context.virtual.toOriginal(start) }
  const cell = context.cells.get(file)
  if (cell) return { kind: 'cell', cell: cell.cell, ...positionAt(cell.source, cell.virtual.toOriginal(start)) }
  if (context.files.has(file)) return undefined
  const origin = context.files.origin(file, start)
  const text = origin && context.files.readFile(origin.file)
  return !origin || text === undefined
    ? undefined
    : { kind: 'file', file: origin.file, ...positionAt(text, origin.offset) }
}
