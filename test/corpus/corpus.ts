import { background } from './background.js'
import { completion } from './completion.js'
import { declarations } from './declarations.js'
import { errors } from './errors.js'
import { modules } from './modules.js'
import { names } from './names.js'
import { odd } from './odd.js'
import type { Sequence } from './sequence.js'
import { types } from './types.js'
import { values } from './values.js'

/** All sequences, by what they are about. */
export const corpus: Readonly<Record<string, readonly Sequence[]>> = {
  Values: values,
  'Names from cell to cell': names,
  'Every form of statement': declarations,
  Modules: modules,
  'Errors and their places': errors,
  'Console, and what fails later': background,
  'Types, before anything is run': types,
  Completion: completion,
  'Odd things': odd,
}
