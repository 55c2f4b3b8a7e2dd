import { fileURLToPath } from 'node:url'

/**
 * Where muster runs from its source, that is read; with `MUSTER_BUILT_TYPES` the declarations of the last build, which take a tenth of
 * the time (tests that are run right behind a build).
 */
const FOLDER = !import.meta.url.endsWith('.ts')
  ? { url: '../', ending: '.d.ts' }
  : process.env.MUSTER_BUILT_TYPES
    ? { url: '../../dist/', ending: '.d.ts' }
    : { url: '../', ending: '.ts' }

const declaration = (name: string): string =>
  fileURLToPath(new URL(`${FOLDER.url}${name}${FOLDER.ending}`, import.meta.url))

/** muster's own declarations by the names they are imported under: code of a person's is checked with these, wherever it lies. */
export const OWN_TYPES = {
  muster: declaration('index'),
  'muster/session': declaration('session'),
} satisfies Readonly<Record<string, string>>
