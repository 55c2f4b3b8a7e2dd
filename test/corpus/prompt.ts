class FarError extends Error {
  override readonly name = 'far'
}

/** What is bound at the prompt of the corpus. */
export function bindings(): object {
  return {
    fleet: 'all',
    $: (strings: TemplateStringsArray, ...given: readonly unknown[]) => `${strings.join('|')}:${given.join()}`,
    /** Rejects the way a link does: from a callback, with no frame of the caller. */
    fail: () =>
      new Promise((_, reject) => {
        setImmediate(() => reject(new FarError('away')))
      }),
  }
}

/** The same for a type checker. */
export const declaration = [
  'declare const fleet: string',
  'declare function $(strings: TemplateStringsArray, ...given: readonly unknown[]): string',
  'declare function fail(): Promise<never>',
].join('\n')
