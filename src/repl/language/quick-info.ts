import type ts from 'typescript'
import { type Draft, wordStart } from './draft.js'
import { reexported } from './places.js'
import type { QuickInfo } from './requests.js'

/** Type and documentation of what stands at an offset of a draft, or ends there. */
export function quickInfoAt(draft: Draft, position: number): QuickInfo | undefined {
  const { compiler, service, source, file, virtual } = draft
  const at = virtual.toEdited(position)
  const behind = wordStart(source, position) < position
  const info =
    service.getQuickInfoAtPosition(file, at) ?? (behind ? service.getQuickInfoAtPosition(file, at - 1) : undefined)
  if (!info || info.textSpan.start < virtual.head) return undefined
  const { documentation, tags } = isDocumented(info) ? info : (documentedElsewhere(draft, info.textSpan.start) ?? info)
  const text = (parts: readonly ts.SymbolDisplayPart[] = []) => compiler.displayPartsToString([...parts])
  return {
    text: withoutImport(text(info.displayParts)),
    documentation: text(documentation),
    examples: tags?.filter(({ name }) => name === 'example').map(example => text(example.text)) ?? [],
    start: virtual.toOriginal(info.textSpan.start),
    length: info.textSpan.length,
  }
}

const isDocumented = ({ documentation = [], tags = [] }: ts.QuickInfo): boolean =>
  documentation.length > 0 || tags.length > 0

/** What is only passed on (`export { line } from …`) is documented where it is made. */
function documentedElsewhere({ service, file }: Draft, at: number): ts.QuickInfo | undefined {
  const [declared] = reexported(service, service.getDefinitionAtPosition(file, at) ?? [])
  return declared && service.getQuickInfoAtPosition(declared.fileName, declared.textSpan.start)
}

/** A name that is imported without the words for that: to a person it is a name of an earlier cell. */
function withoutImport(text: string): string {
  return text.replace(/^\(alias\) ([\s\S]*)\nimport .*$/, '$1')
}
