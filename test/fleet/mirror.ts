import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Finds, in the text of one file of apt's sources, the address that serves a suite's main component. Reads both forms of
 * sources.list(5): one line per source, and paragraphs of fields (`.sources`).
 *
 * @example
 * mirrorOf('deb [arch=amd64] http://deb.example/debian bookworm main', 'bookworm') // 'http://deb.example/debian'
 */
export function mirrorOf(sources: string, suite: string): string | undefined {
  return mirrorOfLines(sources, suite) ?? mirrorOfParagraphs(sources, suite)
}

function mirrorOfLines(sources: string, suite: string): string | undefined {
  for (const line of sources.split('\n')) {
    const [uri, ...rest] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(.*)/.exec(line)?.[1]?.split(/\s+/) ?? []
    if (uri !== undefined && serves({ uri, suites: rest.slice(0, 1), components: rest.slice(1) }, suite)) return uri
  }
  return undefined
}

function mirrorOfParagraphs(sources: string, suite: string): string | undefined {
  for (const paragraph of sources.split(/\n\s*\n/)) {
    const words = (field: string): readonly string[] =>
      new RegExp(`^${field}:\\s*(.*)`, 'im').exec(paragraph)?.[1]?.split(/\s+/) ?? []
    if (words('Enabled').includes('no') || !words('Types').includes('deb')) continue
    const source = { suites: words('Suites'), components: words('Components') }
    const uri = words('URIs').find(uri => serves({ ...source, uri }, suite))
    if (uri !== undefined) return uri
  }
  return undefined
}

interface Source {
  readonly uri: string
  readonly suites: readonly string[]
  readonly components: readonly string[]
}

/** debootstrap fetches over http(s) only: sources of other kinds do not count. */
const serves = ({ uri, suites, components }: Source, suite: string): boolean =>
  /^https?:/.test(uri) && suites.includes(suite) && components.includes('main')

/**
 * The mirror this machine's own apt uses for the first of some suites that it has a mirror for: one that has a suite of
 * Debian nearly always has the others. Undefined where it uses none, and debootstrap's default must do.
 */
export async function machineMirror(suites: readonly string[]): Promise<string | undefined> {
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => [])
  const files = ['/etc/apt/sources.list', ...parts.sort().map(part => join('/etc/apt/sources.list.d', part))]
  const sources = await Promise.all(files.map(file => readFile(file, 'utf8').catch(() => '')))
  return suites.flatMap(suite => sources.map(text => mirrorOf(text, suite))).find(mirror => mirror !== undefined)
}
