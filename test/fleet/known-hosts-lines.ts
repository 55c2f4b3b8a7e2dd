import fc from 'fast-check'

/** What lines are made of. */
export interface LineParts {
  /** `type base64`, by what it is: keys of the server and of nobody, and text that is no key. */
  readonly keys: readonly string[]
  /** Host columns: names, patterns, hashed names. */
  readonly hosts: readonly string[]
}

/** Arbitrary known_hosts files, with what people, Windows and broken scripts leave in them. */
export function knownHostsText({ keys, hosts }: LineParts): fc.Arbitrary<string> {
  const entry = fc
    .record({
      indent: fc.constantFrom('', '', '', '  ', '\t'),
      marker: fc.constantFrom(
        '',
        '',
        '',
        '',
        '',
        '@revoked ',
        '@cert-authority ',
        '@revoked\t',
        '@bogus ',
        '@revoked @revoked ',
      ),
      hosts: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...hosts) },
        {
          weight: 1,
          arbitrary: fc.array(fc.constantFrom(...hosts), { minLength: 2, maxLength: 3 }).map(all => all.join(',')),
        },
      ),
      gap: fc.constantFrom(' ', ' ', '\t', '  '),
      key: fc.constantFrom(...keys),
      end: fc.constantFrom('', '', ' a comment', '\r', ' from Windows\r', ' # odd', '\t'),
    })
    .map(({ indent, marker, hosts, gap, key, end }) => `${indent}${marker}${hosts}${gap}${key}${end}`)
  const other = fc.constantFrom(
    '',
    '# a comment',
    '  # another',
    'nonsense',
    'a b',
    '@',
    '@revoked',
    '|1|x|y',
    '\r',
    '\t',
    ',',
  )
  return fc
    .array(fc.oneof({ weight: 4, arbitrary: entry }, { weight: 1, arbitrary: other }), { maxLength: 6 })
    .map(lines => lines.map(line => `${line}\n`).join(''))
}
