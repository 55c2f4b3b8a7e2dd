import { inspect } from 'node:util'

/**
 * A version to compare with others by its numbers: `12.9`, `20.04`, `6.1.0-18-amd64`, `14.1-RELEASE-p3`.
 *
 * Leading dotted numbers count; what follows is kept as text only. Versions without numbers (`rolling`, `trixie/sid`) belong to
 * systems that are ahead of every release, so they compare as greater than any number.
 *
 * @example
 * new Version('20.04').gte('18.10') // true
 * new Version('12.9').eq('12.9.0') // true
 * new Version('rolling').gt('99') // true
 */
export class Version {
  /** As the host wrote it. */
  readonly text: string
  /** The leading numbers: `[20, 4]`; empty where it has none. */
  readonly numbers: readonly number[]

  constructor(text: string) {
    this.text = text
    this.numbers = (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').flatMap(part => (part ? [Number(part)] : []))
  }

  /** The first number, if there is one. */
  get major(): number | undefined {
    return this.numbers[0]
  }

  /** The second number, if there is one. */
  get minor(): number | undefined {
    return this.numbers[1]
  }

  /** Negative, zero or positive: older than, equal to, or newer than `other`. */
  compare(other: Version | string): number {
    const theirs = (typeof other === 'string' ? new Version(other) : other).numbers
    if (this.numbers.length === 0 || theirs.length === 0) {
      return Number(this.numbers.length === 0) - Number(theirs.length === 0)
    }
    for (let i = 0; i < Math.max(this.numbers.length, theirs.length); i++) {
      const difference = (this.numbers[i] ?? 0) - (theirs[i] ?? 0)
      if (difference !== 0) return difference
    }
    return 0
  }

  eq(other: Version | string): boolean {
    return this.compare(other) === 0
  }

  gt(other: Version | string): boolean {
    return this.compare(other) > 0
  }

  gte(other: Version | string): boolean {
    return this.compare(other) >= 0
  }

  lt(other: Version | string): boolean {
    return this.compare(other) < 0
  }

  lte(other: Version | string): boolean {
    return this.compare(other) <= 0
  }

  toString(): string {
    return this.text
  }

  toJSON(): string {
    return this.text
  }

  [inspect.custom](): string {
    return this.text
  }
}
