import type { SimulatedStep, Simulation } from './package-steps.js'

/** Assigns `m` the program there is: dnf, or yum before it. */
export const CHOOSE_DNF = 'if command -v dnf >/dev/null 2>&1; then m=dnf; else m=yum; fi'

/** What the headings of dnf's and yum's table of a transaction say of the packages below them. */
const HEADINGS: readonly (readonly [RegExp, 'comes' | 'goes'])[] = [
  [/^(?:Installing|Upgrading|Updating|Downgrading|Reinstalling)\b[^:]*:$/, 'comes'],
  [/^Removing\b[^:]*:$/, 'goes'],
]

/**
 * Steps of `dnf install --assumeno` and `dnf remove --assumeno` (yum's, dnf's and dnf5's) in the C locale: a table of name, architecture,
 * version … below headings like `Installing dependencies:`. A row may go on in the next line.
 */
export function readTransaction(stdout: string, stderr: string): Simulation {
  const steps: SimulatedStep[] = []
  let heading: 'comes' | 'goes' | undefined
  let isTable = false
  let row: string[] = []
  for (const line of stdout.split('\n')) {
    const found = HEADINGS.find(([text]) => text.test(line))
    if (/^\S/.test(line)) {
      heading = found?.[1]
      isTable ||= found !== undefined
      row = []
    }
    if (heading === undefined || !/^ /.test(line)) continue
    // dnf5 tells below a package what it replaces
    if (/^ {2,}replacing /.test(line)) continue
    row = /^ \S/.test(line) ? line.trim().split(/\s+/) : [...row, ...line.trim().split(/\s+/)]
    const [name, , version] = row
    if (name === undefined || version === undefined) continue
    // an epoch is no part of what rpm is asked for
    const plain = version.replace(/^\d+:/, '')
    steps.push(heading === 'comes' ? { name, after: plain } : { name, before: plain })
    row = []
  }
  if (isTable || /^Nothing to do\.?$/m.test(stdout)) return { possible: true, steps }
  return { possible: false, reason: refusal(stdout, stderr) }
}

function refusal(stdout: string, stderr: string): string {
  const lines = `${stderr}\n${stdout}`.split('\n').map(line => line.trim())
  const unknown = lines.filter(line => /^No match for argument: /.test(line))
  const errors = lines.filter(line => /^(?:Error|Problem\b.*): ./.test(line)).map(line => line.replace(/^Error: /, ''))
  // that there is no match is said twice
  const said = unknown.length > 0 ? unknown : errors
  return [...new Set(said)].join('; ') || 'dnf refused without a reason'
}
