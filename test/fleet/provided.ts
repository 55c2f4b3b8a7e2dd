/** What the global set-up of a vitest run tells the tests: see global-setup.ts. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the socket that answers each connection with the id of the run's lab, or with why there is none. */
    readonly labSocket: string
  }
}

/** The answer on that socket, as JSON. */
export type LabAnswer = { readonly id: number } | { readonly error: string }
