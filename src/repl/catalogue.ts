import type { Catalogue } from '../engine/catalogue.js'
import * as facts from '../facts/index.js'
import * as operations from '../operations/index.js'

/** Every fact and operation muster comes with. */
export const catalogue: Catalogue = { facts, operations }
