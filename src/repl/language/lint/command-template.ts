import type ts from 'typescript'

/** The template of a command, ``web.$`uptime` ``: its tag is called `$`. */
export function commandTemplate(compiler: typeof ts, node: ts.Node): ts.TaggedTemplateExpression | undefined {
  if (!compiler.isTaggedTemplateExpression(node)) return undefined
  const { tag } = node
  const name = compiler.isPropertyAccessExpression(tag) ? tag.name : tag
  return compiler.isIdentifier(name) && name.text === '$' ? node : undefined
}

/** The pieces of a template's own text, as written, with their offsets in the file. */
export function writtenPieces(
  compiler: typeof ts,
  { template }: ts.TaggedTemplateExpression,
  file: ts.SourceFile,
): { readonly text: string; readonly start: number }[] {
  const literals = compiler.isNoSubstitutionTemplateLiteral(template)
    ? [template]
    : [template.head, ...template.templateSpans.map(({ literal }) => literal)]
  return literals.map(literal => {
    // Between a backtick or a brace, and a backtick or `${`.
    const written = literal.getText(file)
    const close = written.endsWith('${') ? 2 : 1
    return { text: written.slice(1, -close), start: literal.getStart(file) + 1 }
  })
}
