// node keep-code.js TYPESCRIPT FILE: compiles something with TypeScript and writes the code that V8 has made of TypeScript for that.
import { writeFileSync } from 'node:fs'
import { requireCompiled } from './code-cache.js'
import { loadTypeScript } from './typescript.js'

const [, , typescript = '', target = ''] = process.argv
const script = requireCompiled(typescript)
const compiler = loadTypeScript()
compiler.transpileModule(
  `import { readFileSync } from 'node:fs'
   export const sizes: readonly number[] = await Promise.all([1, 2].map(async n => n + \`\${n}\`.length))
   export class Kept<T extends object> { #value?: T; get({ deep = false } = {}) { return deep ? this.#value : readFileSync('/x') } }
   for (const size of sizes) if (size > 1) console.log(size); else break`,
  {
    compilerOptions: {
      module: compiler.ModuleKind.CommonJS,
      target: compiler.ScriptTarget.ES2022,
      sourceMap: true,
    },
    transformers: { before: [context => file => compiler.visitEachChild(file, each => each, context)] },
  },
)
writeFileSync(target, script.createCachedData(), { mode: 0o600 })
