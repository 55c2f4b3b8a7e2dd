import type ts from 'typescript'
import { calledAt } from './call-at.js'
import { type Draft, parsed } from './draft.js'
import type { Signature } from './requests.js'

/** The call that is being written at an offset of a draft. */
export function signatureAt(draft: Draft, position: number): Signature | undefined {
  const { compiler, service, file, virtual } = draft
  const at = virtual.toEdited(position)
  const help = service.getSignatureHelpItems(file, at, undefined)
  const item = help?.items[help.selectedItemIndex]
  if (!help || !item) return undefined
  const text = (parts: ts.SymbolDisplayPart[]) => compiler.displayPartsToString(parts)
  const parameters = item.parameters.map(({ displayParts, documentation }) => ({
    label: text(displayParts),
    documentation: text(documentation),
  }))
  const list = parameters.map(({ label }) => label).join(text(item.separatorDisplayParts))
  const tree = parsed(draft)?.tree
  return {
    label: text(item.prefixDisplayParts) + list + text(item.suffixDisplayParts),
    documentation: text(item.documentation),
    parameters,
    active: help.argumentIndex,
    ...((tree && calledAt(compiler, tree, at)) ?? { called: '' }),
  }
}
