import type * as operations from './index.js'

/** The operations that every fleet and host has as members: all that this layer exports. */
export type Operations = typeof operations

declare module '../engine/catalogue.js' {
  interface OperationCatalogue extends Operations {}
}
