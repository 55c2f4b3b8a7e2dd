// Builds dist/ from src/: declarations by tsc, JavaScript by esbuild. In a published tarball there is no src/ and nothing to build.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { build } from 'esbuild'

/** What is started or imported by its path, there and in src/. What several of them use is in chunks, of which there is one copy. */
const ENTRIES = [
  'cli/main.ts',
  'index.ts',
  'testing/index.ts',
  'repl/kernel/main.ts',
  'repl/language/worker.ts',
  'repl/cells/watchdog.ts',
  'repl/language/snapshot.ts',
  'engine/modules/typescript-code.ts',
  'engine/modules/keep-code.ts',
]

/** Packages that stay where they are: the compiler must be the one the person has, the others are needed rarely or not at all. */
const LEFT_OUT = ['typescript', 'ts-node', 'nunjucks', 'react-devtools-core', 'cpu-features']

/** A module asks for its own address to find files from there: it is told where it would lie if it were a file of its own. */
const ownAddresses = {
  name: 'own addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes('import.meta.url')) return undefined
      const address = relative('src', path).replace(/tsx?$/, 'js')
      const contents = text.replaceAll('import.meta.url', `new URL(${JSON.stringify(address)}, __dist).href`)
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' }
    })
  },
}

/**
 * Packages that are read when something of them is first used, not when what imports them is: string-width makes tables of Unicode,
 * 35 ms of processor time, and little but ASCII is ever measured; yaml is for inventories and saved notebooks.
 */
const ON_USE = {
  'string-width': `export default (text, options) =>
    typeof text === 'string' && /^[ -~]*$/.test(text) ? text.length : whole().default(text, options)`,
  yaml: ['parseDocument', 'stringify', 'isMap', 'isScalar', 'isAlias']
    .map(name => `export const ${name} = (...values) => whole().${name}(...values)`)
    .join('\n'),
}

const onUse = {
  name: 'on use',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: new RegExp(`^(${Object.keys(ON_USE).join('|')})$`) }, ({ path, namespace, resolveDir }) =>
      // packages may have another version of their own
      namespace === 'on-use'
        ? undefined
        : { path: `${path} of ${resolveDir}`, namespace: 'on-use', pluginData: { path, resolveDir } },
    )
    onLoad({ filter: /.*/, namespace: 'on-use' }, ({ pluginData: { path, resolveDir } }) => ({
      contents: `let loaded\nconst whole = () => (loaded ??= require('${path}'))\n${ON_USE[path]}`,
      resolveDir,
    }))
  },
}

/** ssh2 ciphers with code of its own if it could be compiled when it was installed. */
const compiledCiphers = {
  name: 'compiled ciphers',
  setup({ onResolve }) {
    onResolve({ filter: /sshcrypto\.node$/ }, () => ({
      path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node',
      external: true,
    }))
  },
}

/** Yoga (Ink's layout) would decode itself with `fetch`, for which Node loads an HTTP client: 50 ms of the time to the first prompt. */
const yogaWithoutFetch = {
  name: 'yoga without fetch',
  setup({ onLoad }) {
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: `const fetch = undefined\n${readFileSync(path, 'utf8')}`,
    }))
  },
}

/** The line before a file's code: where dist/ is, `up` folders above it, and what CommonJS packages expect. */
const prelude = up =>
  `import { createRequire as __createRequire } from 'node:module'; ` +
  `const __dist = new URL('./${'../'.repeat(up)}', import.meta.url), ` +
  `require = __createRequire(import.meta.url), __dirname = import.meta.dirname;`

async function programs() {
  const { metafile } = await build({
    entryPoints: ENTRIES.map(entry => `src/${entry}`),
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: prelude(1) },
    bundle: true,
    splitting: true,
    external: LEFT_OUT,
    format: 'esm',
    platform: 'node',
    target: 'node20.20',
    jsx: 'automatic',
    sourcemap: true,
    sourcesContent: false,
    minifySyntax: true,
    minifyWhitespace: true,
    // react's development build is several times slower
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    plugins: [ownAddresses, onUse, compiledCiphers, yogaWithoutFetch],
    logLevel: 'warning',
  })
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    const up = file.split('/').length - 2
    // it is one line whatever it says, so that source maps stay right
    if (entryPoint !== undefined && up !== 1)
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(prelude(1), () => prelude(up)),
      )
  }
  writeFileSync('dist/LICENSES', licences(Object.keys(metafile.inputs)))
}

/** What is frozen into a snapshot of a heap: one file, as CommonJS, which is all that Node reads there. */
async function frozen() {
  await build({
    entryPoints: ['src/repl/language/frozen.ts'],
    outfile: 'dist/repl/language/frozen.cjs',
    banner: { js: `const __dist = require('node:url').pathToFileURL(require('node:path').join(__dirname, '../../'));` },
    bundle: true,
    external: LEFT_OUT,
    format: 'cjs',
    platform: 'node',
    target: 'node20.20',
    sourcemap: false,
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [ownAddresses],
    logLevel: 'warning',
  })
}

/** What the makers of the packages that are in there ask to be said. */
function licences(inputs) {
  const packages = inputs
    .filter(file => !file.startsWith('on-use:'))
    .flatMap(file => /^.*\/?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.slice(0, 1) ?? [])
  return [...new Set(packages)]
    .sort()
    .map(folder => {
      const file = readdirSync(folder).find(name => /^licen[cs]e/i.test(name))
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      return `${name} ${version}\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : license}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** Without looking for faults, which is `npm run check`: it takes twice as long. */
function declarations() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--noCheck'], { stdio: 'inherit' })
}

/** So that sessions of this checkout begin with all types read; elsewhere the first session makes it for the next. */
async function prepared() {
  const { makeSnapshot } = await import('../dist/repl/language/snapshot.js')
  const { keepTypeScriptCode } = await import('../dist/engine/modules/typescript-code.js')
  const failed = error => console.error(`sessions will start more slowly: ${error.message}`)
  await makeSnapshot(undefined, 'dist/repl/language').catch(failed)
  await keepTypeScriptCode(undefined, 'dist/engine/modules').catch(failed)
}

if (existsSync('src')) {
  const types = process.argv[2] !== '--no-types'
  rmSync(types ? 'dist' : 'dist/chunks', { recursive: true, force: true })
  await programs()
  await frozen()
  chmodSync('dist/cli/main.js', 0o755)
  if (types) declarations()
  await prepared()
}
