import { fileURLToPath } from 'node:url'

const declaration = (name: string): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? `../${name}.ts` : `../${name}.d.ts`, import.meta.url))

/** muster's own declarations by the names they are imported under: code of a person's is checked with these, wherever it lies. */
export const OWN_TYPES: Readonly<Record<string, string>> = {
  muster: declaration('index'),
  'muster/session': declaration('session'),
}
