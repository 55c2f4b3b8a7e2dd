import { definitionNamed } from './completion/definition-entries.js'
import type { Signature } from './language/requests.js'
import type { DefinitionView, SignatureView } from './protocol.js'

/** A call as it is shown: by the definition of what is called where there is one, else by its type. */
export function signatureView(
  { label, parameters, active, documentation, called, key }: Signature,
  definitions: Readonly<Record<string, DefinitionView>>,
): SignatureView {
  const definition = definitionNamed(definitions, called)
  if (definition && active === 0 && definition.args.length > 0) return ofDefinition(called, key, definition)
  const parameter = parameters[active]
  let from = label.indexOf('(') + 1
  for (const { label: before } of parameters.slice(0, active))
    from = Math.max(from, label.indexOf(before, from) + before.length)
  const at = parameter ? label.indexOf(parameter.label, from) : -1
  const whole = definition?.summary ?? documentation
  if (!parameter || at < 0) return { before: label, active: '', after: '', documentation: whole }
  return {
    before: label.slice(0, at),
    active: parameter.label,
    after: label.slice(at + parameter.label.length),
    ...(parameter.documentation === '' ? {} : { argument: parameter.documentation }),
    documentation: whole,
  }
}

/** `files.line({ path, line, present? })` around the key at the cursor; what must be given comes first. */
function ofDefinition(called: string, key: string | undefined, { args: all, summary }: DefinitionView): SignatureView {
  const args = [...all.filter(({ optional }) => !optional), ...all.filter(({ optional }) => optional)]
  const at = args.findIndex(({ name }) => name === key)
  const keys = args.map(({ name, optional }) => (optional ? `${name}?` : name))
  const argument = args[at]
  const list = (from: number, to?: number) => keys.slice(from, to).join(', ')
  if (!argument) return { before: `${called}({ ${list(0)} })`, active: '', after: '', documentation: summary }
  return {
    before: `${called}({ ${list(0, at)}${at > 0 ? ', ' : ''}`,
    active: keys[at] ?? '',
    after: `${at + 1 < keys.length ? ', ' : ''}${list(at + 1)} })`,
    argument: `${argument.name}: ${argument.type} · ${argument.description}`,
    documentation: summary,
  }
}
