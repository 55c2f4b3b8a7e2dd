import type * as facts from './index.js'

/** The facts that every fleet and host has under `.facts`: all that this layer exports. */
export type Facts = typeof facts

declare module '../engine/catalogue.js' {
  interface FactCatalogue extends Facts {}
}
