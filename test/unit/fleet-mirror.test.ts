import { expect, test } from 'vitest'
import { mirrorOf } from '../fleet/mirror.js'

test.each([
  ['a line', 'deb http://a.example/debian bookworm main', 'http://a.example/debian'],
  [
    'a line with options',
    'deb [arch=amd64 signed-by=/k.gpg] https://a.example/debian bookworm main contrib',
    'https://a.example/debian',
  ],
  [
    'the first of two',
    'deb http://a.example/x bookworm main\ndeb http://b.example/x bookworm main',
    'http://a.example/x',
  ],
  [
    'paragraphs',
    'Types: deb\nURIs: http://a.example/d\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /k.gpg\n',
    'http://a.example/d',
  ],
  [
    'a second paragraph',
    'Types: deb\nURIs: http://sec.example\nSuites: bookworm-security\nComponents: main\n\nTypes: deb deb-src\nURIs: http://a.example\nSuites: bookworm\nComponents: main\n',
    'http://a.example',
  ],
])('finds the mirror in %s', (_what, sources, mirror) => expect(mirrorOf(sources, 'bookworm')).toBe(mirror))

test.each([
  ['nothing', ''],
  ['a comment', '# deb http://a.example/debian bookworm main'],
  ['sources only', 'deb-src http://a.example/debian bookworm main'],
  ['another suite', 'deb http://a.example/debian bookworm-updates main'],
  ['no main component', 'deb http://a.example/debian bookworm contrib'],
  ['a kind debootstrap cannot read', 'deb cdrom:[Debian]/ bookworm main'],
  ['a paragraph switched off', 'Enabled: no\nTypes: deb\nURIs: http://a.example\nSuites: bookworm\nComponents: main'],
])('finds none in %s', (_what, sources) => expect(mirrorOf(sources, 'bookworm')).toBeUndefined())
