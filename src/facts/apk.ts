import { fact } from '../engine/fact.js'

/** `musl-1.1.22-r3 x86_64 {musl} (MIT) [installed]` */
const LINE = /^(\S+)-([^-\s]+-r\d+) .*\[installed/

/**
 * Installed Alpine packages by name, with their version; `undefined` on hosts without apk.
 *
 * @example
 * const packages = await host.facts.apk.packages()
 * packages?.musl // '1.2.5-r0'
 */
export const packages = fact({
  name: 'apk.packages',
  summary: 'Installed Alpine packages by name, with their versions.',
  command: () => 'apk list --installed 2>/dev/null',
  parse: (stdout): Readonly<Record<string, string>> | undefined =>
    Object.fromEntries(
      stdout.split('\n').flatMap((line): [string, string][] => {
        const [, name, version] = LINE.exec(line) ?? []
        return name && version ? [[name, version]] : []
      }),
    ),
  requires: 'apk',
  missing: undefined,
  reads: () => ['packages'],
})
