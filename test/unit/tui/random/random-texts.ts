import type { Random } from './random.js'

/** What hosts, files and people may say: short and long, wide, joined, combined, from right to left, and what terminals would obey. */
const PIECES = [
  ...['ok', 'server new.example iburst', '/etc/ntp.conf', 'No such file or directory', '6.1.0-28-amd64', '42', '-0.5'],
  ...[
    '漢字',
    '한글',
    'ｗｉｄｅ',
    '😀',
    '👩‍👩‍👧‍👦',
    '🏽',
    '🇳🇱',
    '🇳',
    '❤️',
    'e\u0301',
    '\u0301',
    'ก็',
    '\u200d',
    '\ufe0f',
    'ﷺ',
    'שלום',
    'مرحبا',
  ],
  ...[
    '\u202e',
    '\u2066',
    '\u200f',
    '\u200b',
    '\ufeff',
    '\u2028',
    '\u00ad',
    '\ufffd',
    '\ud83d',
    '\u0600',
    '\u1160',
    '─│┌',
    '▓░',
  ],
  ...[
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\b',
    '\x07',
    '\x00',
    '\x0e',
    '\x1b',
    '\x7f',
    '\x85',
    '\x9b2J',
    '\x9d0;t\x07',
    '\x1b[31m',
    '\x1b[m',
    '\x1b[7;1m',
  ],
  ...[
    '\x1b[2J',
    '\x1b[10;10H',
    '\x1b[5A',
    '\x1b[99C',
    '\x1b[?1049l',
    '\x1b[?25l',
    '\x1bc',
    '\x1b[r',
    '\x1b[4h',
    '\x1b(0',
    '\x1b#8',
    '\x1b[6n',
  ],
  ...[
    '\x1b]0;owned\x07',
    '\x1b]52;c;ZXZpbA==\x07',
    '\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\',
    '\x1bP1$r\x1b\\',
    '\x1b]',
    '\x1b[',
  ],
]

/** A text of any kind. */
export function anyText(random: Random): string {
  if (random.chance(0.05)) return 'x'.repeat(random.whole(0, 3000))
  if (random.chance(0.05)) return random.many(1, 60, () => random.one(PIECES)).join('\n')
  return random.many(0, 12, () => random.one(PIECES)).join(random.chance(0.5) ? ' ' : '')
}
