import type ts from 'typescript'

/**
 * The one name that compiled code is given besides those of CommonJS. A person's code has no reason to use it, and one that
 * does shadows it for itself only.
 */
export const RUNTIME = '__muster'

/** What {@link RUNTIME} offers to compiled code. */
export interface Runtime {
  /** `import()`: finds the user's own TypeScript too. */
  import(specifier: unknown): Promise<unknown>
  /** `import.meta`. */
  readonly meta: Readonly<Record<string, unknown>>
  /** Called in every turn of a loop, and as a function begins. Throws to stop it. */
  step(): void
  /** Given what is about to be awaited and where the `await` stands in the text that was compiled; what it returns is awaited. */
  mark(awaited: unknown, line: number, column: number): unknown
  /** Given what an `await` gave. Returns it, or throws to stop the code. */
  resume<T>(value: T): T
  /** Given what `for await` walks over. */
  each(iterable: unknown): AsyncIterable<unknown>
}

/**
 * A TypeScript transformer that makes code loadable and stoppable: `import()` and `import.meta` go through {@link Runtime},
 * loops, functions and awaits pass a check. Only so can what never ends be left with an ordinary exception, whether it goes round
 * by itself or is called again and again by a promise, a microtask or a method of an array: terminating V8 from another thread
 * (`Runtime.terminateExecution`) skips Node's own bookkeeping, and with an AsyncLocalStorage in use Node 20 then
 * aborts the process. Positions stay exact, since every node made here takes the text range of the one it wraps.
 */
export function instrument(compiler: typeof ts): ts.TransformerFactory<ts.SourceFile> {
  return context => {
    const { factory } = context
    const member = (name: keyof Runtime) =>
      factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), name)
    const call = (name: keyof Runtime, ...args: ts.Expression[]) =>
      factory.createCallExpression(member(name), undefined, args)

    // what may stand before `super()` in a constructor has rules of its own
    const isFunctionBody = (node: ts.Node, parent: ts.Node) =>
      compiler.isFunctionLike(parent) &&
      !compiler.isConstructorDeclaration(parent) &&
      'body' in parent &&
      parent.body === node
    const isDirective = (statement: ts.Statement) =>
      compiler.isExpressionStatement(statement) && compiler.isStringLiteral(statement.expression)

    const checkOf = (stopped: ts.Node) => compiler.setSourceMapRange(call('step'), stopped)
    const checkStatement = (stopped: ts.Node) => factory.createExpressionStatement(checkOf(stopped))

    const checkedBody = (loop: ts.IterationStatement, body: ts.Statement): ts.Block => {
      const statements = compiler.isBlock(body) ? body.statements : [body]
      return compiler.setTextRange(factory.createBlock([checkStatement(loop), ...statements], true), body)
    }

    const checkedFunctionBody = (called: ts.Node, body: ts.Node): ts.Node => {
      if (compiler.isExpression(body)) return compiler.setTextRange(factory.createComma(checkOf(called), body), body)
      if (!compiler.isBlock(body)) return body
      const { statements } = body
      const own = statements.findIndex(statement => !isDirective(statement))
      const checked = statements.toSpliced(own < 0 ? statements.length : own, 0, checkStatement(called))
      return factory.updateBlock(body, compiler.setTextRange(factory.createNodeArray(checked), statements))
    }

    return file => {
      const placed = (awaited: ts.Expression, at: ts.Node) => {
        const { line, character } = file.getLineAndCharacterOfPosition(at.getStart(file))
        return call(
          'mark',
          awaited,
          factory.createNumericLiteral(line + 1),
          factory.createNumericLiteral(character + 1),
        )
      }
      const visit = (original: ts.Node, parent: ts.Node): ts.Node => {
        const node = instrumented(original)
        return isFunctionBody(original, parent) ? checkedFunctionBody(parent, node) : node
      }
      const instrumented = (original: ts.Node): ts.Node => {
        const node = compiler.visitEachChild(original, child => visit(child, original), context)
        if (compiler.isAwaitExpression(node)) {
          const awaited = factory.updateAwaitExpression(node, placed(node.expression, original))
          return compiler.setTextRange(call('resume', awaited), node)
        }
        if (compiler.isCallExpression(node) && node.expression.kind === compiler.SyntaxKind.ImportKeyword)
          return factory.updateCallExpression(node, member('import'), undefined, node.arguments)
        if (compiler.isMetaProperty(node) && node.keywordToken === compiler.SyntaxKind.ImportKeyword)
          return compiler.setTextRange(member('meta'), node)
        if (compiler.isWhileStatement(node))
          return factory.updateWhileStatement(node, node.expression, checkedBody(node, node.statement))
        if (compiler.isDoStatement(node))
          return factory.updateDoStatement(node, checkedBody(node, node.statement), node.expression)
        if (compiler.isForStatement(node))
          return factory.updateForStatement(
            node,
            node.initializer,
            node.condition,
            node.incrementor,
            checkedBody(node, node.statement),
          )
        if (compiler.isForInStatement(node))
          return factory.updateForInStatement(
            node,
            node.initializer,
            node.expression,
            checkedBody(node, node.statement),
          )
        if (compiler.isForOfStatement(node))
          return factory.updateForOfStatement(
            node,
            node.awaitModifier,
            node.initializer,
            node.awaitModifier ? call('each', node.expression) : node.expression,
            checkedBody(node, node.statement),
          )
        return node
      }
      return compiler.visitEachChild(file, child => visit(child, file), context)
    }
  }
}

/** Notes the modules that emitted code requires as it starts, in order: what must be loaded before it runs. */
export function collectRequires(
  compiler: typeof ts,
  found: (specifier: string) => void,
): ts.TransformerFactory<ts.SourceFile> {
  return () => file => {
    const visit = (node: ts.Node): void => {
      if (compiler.isFunctionLike(node)) return
      if (compiler.isCallExpression(node) && compiler.isIdentifier(node.expression)) {
        const [argument] = node.arguments
        if (node.expression.text === 'require' && argument && compiler.isStringLiteralLike(argument))
          found(argument.text)
      }
      compiler.forEachChild(node, visit)
    }
    compiler.forEachChild(file, visit)
    return file
  }
}

/** Names under which emitted code finds what CommonJS calls `require` and `exports`. */
export const OWN_NAMES = { require: '__muster_require', exports: '__muster_exports' } as const

/** Makes code that TypeScript added use {@link OWN_NAMES}: a person may call something of theirs `require`, `exports` or `module`. */
export function renameOwn(compiler: typeof ts): ts.TransformerFactory<ts.SourceFile> {
  return context => file => {
    const visit = (node: ts.Node): ts.Node => {
      if (compiler.isIdentifier(node) && node.pos < 0) {
        if (node.text === 'require') return context.factory.createIdentifier(OWN_NAMES.require)
        if (node.text === 'exports') return context.factory.createIdentifier(OWN_NAMES.exports)
      }
      return compiler.visitEachChild(node, visit, context)
    }
    return compiler.visitEachChild(file, visit, context)
  }
}
