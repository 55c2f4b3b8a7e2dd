import { VALUE } from './cells/rewrite.js'

/**
 * The declaration of what is always bound at the prompt, for the type checker. It must say what {@link PromptGlobals} binds.
 *
 * @param domains operation domains: `apt`, `files` …
 */
export function promptDeclaration(domains: readonly string[]): string {
  return [
    "import type { Fleet, Host, GroupName, HostName } from 'muster'",
    "import type { raw as rawText } from 'muster'",
    'declare global {',
    '  /** All hosts of the inventory. */',
    '  const fleet: Fleet',
    '  /** The hosts that bare calls act on; set by :focus. */',
    '  const focus: Fleet',
    '  /** The hosts marked in the hosts pane. */',
    '  const sel: Fleet',
    '  /** Hosts that failed in the last cell that asked any. */',
    '  const failed: Fleet',
    '  /** Hosts that the last cell changed. */',
    '  const changed: Fleet',
    '  /** Hosts that could not be reached in the last cell that asked any. */',
    '  const unreachable: Fleet',
    '  /** Runs a command on the focus; interpolated values are quoted. */',
    "  const $: Fleet['$']",
    '  /** Facts of the focus. */',
    "  const facts: Fleet['facts']",
    '  /** The members of a group. */',
    '  function group(name: GroupName): Fleet',
    '  /** The hosts a pattern selects: web-[1-9],!web-3,@db&@eu. */',
    '  function match(pattern: string): Fleet',
    '  /** One host. */',
    '  function host(name: HostName): Host',
    '  /** Text put into a command as it is, without quoting. */',
    '  const raw: typeof rawText',
    ...domains.map(domain => `  const ${domain}: Fleet['${domain}']`),
    '}',
    '',
  ].join('\n')
}

/** A cell whose value is kept, and the module that it is to the type checker. */
export interface KeptValue {
  readonly cell: number
  readonly module: string
}

/** The declaration of the values of earlier cells, oldest first: `_` is the last, `_3` that of cell 3. */
export function valuesDeclaration(kept: readonly KeptValue[]): string {
  const constants = kept.map(({ cell, module }) => `declare const _${cell}: ${valueType(module)}`)
  const last = kept.at(-1)
  return [
    ...constants,
    `/** The last value. */ declare const _: ${last ? valueType(last.module) : 'undefined'}`,
    '',
  ].join('\n')
}

function valueType(module: string): string {
  return `typeof import('${module}').${VALUE}`
}
