import nunjucks from 'nunjucks'
import { UsageError } from '../../errors.js'
import type { Variables } from './tree.js'

/**
 * A variable's value with the templates in it filled in: `{{ inventory_hostname }}.example.org`.
 *
 * @throws {UsageError} for a template that needs what only Ansible has
 */
export function rendered(value: unknown, variables: Variables, name: string): unknown {
  let text = value
  // a variable may name another that is a template itself
  for (let round = 0; typeof text === 'string' && /\{[{%]/.test(text); round += 1) {
    if (round === 10) throw new UsageError(`${name} refers to itself`)
    text = filledIn(text, variables, name)
  }
  return text
}

function filledIn(template: string, variables: Variables, name: string): string {
  const environment = new nunjucks.Environment(null, { autoescape: false, throwOnUndefined: true })
  environment.addFilter('default', (value: unknown, other: unknown) => value ?? other)
  try {
    return environment.renderString(template, variables)
  } catch {
    throw new UsageError(`${name} is the template “${template}”, which needs what only Ansible knows: write the value`)
  }
}
