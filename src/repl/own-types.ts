import { fileURLToPath } from 'node:url'
import { builtAddress } from '../engine/modules/script-beside.js'

const base = builtAddress(import.meta.url)

/** Where muster runs from its source, that is read, which takes ten times as long as declarations. */
const declaration = (name: string): string =>
  fileURLToPath(new URL(`../${name}${base.endsWith('.ts') ? '.ts' : '.d.ts'}`, base))

/** muster's own declarations by the names they are imported under: code of a person's is checked with these, wherever it lies. */
export const OWN_TYPES = {
  muster: declaration('index'),
  'muster/session': declaration('session'),
} satisfies Readonly<Record<string, string>>
