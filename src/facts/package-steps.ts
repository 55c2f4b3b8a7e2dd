/** What a run of a package manager would do, from its own simulation; or why it cannot. */
export type Simulation =
  | { readonly possible: true; readonly steps: readonly SimulatedStep[] }
  | { readonly possible: false; readonly reason: string }

/** One package that would come, go or change its version. */
export interface SimulatedStep {
  /** Name; apt's with `:architecture` where it is a foreign one. */
  readonly name: string
  /** Version before; left out for a new package, and where it is not told. */
  readonly before?: string
  /** Version after; left out for a package removed. */
  readonly after?: string
  readonly architecture?: string
}
