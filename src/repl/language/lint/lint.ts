import type ts from 'typescript'
import { alwaysTrue } from './always-true.js'
import { bareCommand } from './bare-command.js'
import { emptyValue } from './empty-value.js'
import { notAwaited } from './not-awaited.js'
import { removesTooMuch } from './removes-too-much.js'
import type { Finding, LintContext, Rule } from './rule.js'
import { unknownPattern } from './unknown-pattern.js'

const RULES: readonly Rule[] = [notAwaited, alwaysTrue, unknownPattern, emptyValue, removesTooMuch, bareCommand]

/** What is well typed and yet surely not meant: found before a host is touched, as type errors are. */
export function lint(context: LintContext): Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    for (const rule of RULES) {
      const finding = rule(node, context)
      if (finding) findings.push(finding)
    }
    context.compiler.forEachChild(node, visit)
  }
  visit(context.file)
  return findings
}
