import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endMarker, frameText, MarkerScanner } from './frame.js'
import { isPlain } from './plain-script.js'

const NONCE = 'c0ffee'

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length))
}

function scan(chunks: readonly Buffer[], marker = endMarker(NONCE, 7)) {
  const scanner = new MarkerScanner(marker)
  const output: Buffer[] = []
  for (const [index, chunk] of chunks.entries()) {
    const scanned = scanner.push(chunk)
    output.push(scanned.output)
    if (scanned.end) {
      const rest = Buffer.concat([scanned.end.rest, ...chunks.slice(index + 1)])
      return { output: Buffer.concat(output), status: scanned.end.status, rest }
    }
  }
  return { output: Buffer.concat([...output, scanner.flush()]), status: undefined, rest: Buffer.alloc(0) }
}

/** Bytes that like to look like a marker. */
const nasty = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)),
      fc.nat(endMarker(NONCE, 7).length - 1).map(n => endMarker(NONCE, 7).subarray(0, n)),
      fc
        .constantFrom('\x01', '\x01c0ffee:7', '\x01c0ffee:6:0\n', '\x01c0ffee:7:x\n', '\x01c0ffee:70:0\n', '\n')
        .map(text => Buffer.from(text, 'latin1')),
    ),
    { maxLength: 12 },
  )
  .map(parts => Buffer.concat(parts))
  // A whole end marker is what no output can hold: the nonce is random and never shown.
  .filter(
    bytes =>
      !/\x01c0ffee:7:\d*\n/.test(bytes.toString('latin1')) && !/\x01c0ffee:7:\d*$/.test(bytes.toString('latin1')),
  )

describe('MarkerScanner', () => {
  test('separates output, status and rest however the stream is cut', () => {
    fc.assert(
      fc.property(
        nasty,
        fc.integer({ min: 0, max: 255 }),
        nasty,
        fc.array(fc.nat(), { maxLength: 60 }),
        (before, code, after, places) => {
          const stream = Buffer.concat([before, endMarker(NONCE, 7), Buffer.from(`${code}\n`), after])
          const found = scan(cut(stream, places))
          expect(found.output.equals(before)).toBe(true)
          expect(found.status).toBe(String(code))
          expect(found.rest.equals(after)).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('loses nothing of a stream without a marker', () => {
    fc.assert(
      fc.property(nasty, fc.array(fc.nat(), { maxLength: 60 }), (bytes, places) => {
        const found = scan(cut(bytes, places))
        expect(found.status).toBeUndefined()
        expect(found.output.equals(bytes)).toBe(true)
      }),
    )
  })

  test('holds back no more than may be a marker', () => {
    fc.assert(
      fc.property(nasty, bytes => {
        const { output, end } = new MarkerScanner(endMarker(NONCE, 7)).push(bytes)
        if (!end) expect(bytes.length - output.length).toBeLessThan(endMarker(NONCE, 7).length + 12)
      }),
    )
  })

  test('passes ordinary output on at once', () => {
    const { output } = new MarkerScanner(endMarker(NONCE, 7)).push(Buffer.from('50 % done'))
    expect(output.toString()).toBe('50 % done')
  })

  test('looks at each byte once: a long stream in small chunks takes time in proportion', () => {
    const scanner = new MarkerScanner(endMarker(NONCE, 7))
    const chunk = Buffer.alloc(16, 1)
    let passed = 0
    for (let n = 0; n < 200_000; n += 1) passed += scanner.push(chunk).output.length
    expect(passed).toBeGreaterThan(200_000 * 16 - 64)
  }, 5000)
})

describe('frameText', () => {
  test('a plain command runs in a subshell, away from the frames behind it', () => {
    expect(frameText({ script: 'cd /; pwd' }, NONCE, 1)).toBe(
      `( eval 'cd /; pwd' ) </dev/null; printf '\\001c0ffee:1:%d\\n' $?; printf '\\001c0ffee:1:\\n' >&2\n`,
    )
  })

  test('a bare one runs in the shell itself', () => {
    expect(frameText({ script: 'x=1', bare: true }, NONCE, 1)).toMatch(/^\{ eval 'x=1'; \} <\/dev\/null; /)
  })

  test('so does one that can leave nothing behind', () => {
    expect(frameText({ script: 'uname -r' }, NONCE, 1)).toMatch(/^\{ uname -r\n\} <\/dev\/null; /)
    expect(frameText({ script: 'uname -r', cwd: '/' }, NONCE, 1)).toMatch(/^\( cd \/ && eval 'uname -r' \) /)
  })

  test('directory, environment and interpreter', () => {
    expect(frameText({ script: 'x', cwd: '-odd', env: { A: "it's" }, shell: 'bash', bare: true }, NONCE, 1)).toMatch(
      /^\( cd \.\/-odd && export A='it'\\''s' && exec bash -c 'x' \) <\/dev\/null; /,
    )
  })

  test.each([{ 'A B': 'x' }, { '1A': 'x' }, { 'A;reboot': 'x' }])('refuses the variable name in %j', env => {
    expect(() => frameText({ script: 'x', env }, NONCE, 1)).toThrow(/cannot be the name of an environment variable/)
  })

  test('refuses a NUL character', () => {
    expect(() => frameText({ script: 'a\0b' }, NONCE, 1)).toThrow(RangeError)
  })
})

describe('isPlain', () => {
  test.each([
    'uname -r',
    "grep -c 'a && b' /etc/*.conf",
    'cat /etc/hostname | sort | uniq -c; uptime && /usr/bin/true || false',
    'echo "no expansion"',
    './deploy.sh --now;',
    "command -v 'sed' || true",
  ])('%s', script => {
    expect(isPlain(script)).toBe(true)
  })

  test.each([
    'cd /tmp',
    'exit 3',
    'A=b',
    'A=b uname',
    'echo $HOME',
    'echo `id`',
    'echo "$(exit)"',
    'uname; exit',
    'uname\ncd /',
    'echo a & ',
    'cat <<E',
    'uname >file',
    'uname ) ; cd /; (',
    'uname } ; cd /; {',
    'env\\ x',
    'printf -v x y',
    'unamex',
    'echo #',
    'eval uname',
    'command uname',
    'command -V sed',
    'exec /bin/true',
    '. /etc/profile',
    'a/b=c',
    "echo 'open",
    'echo x;;',
    'true | read x',
    '',
  ])('not %j', script => {
    expect(isPlain(script)).toBe(false)
  })

  test('takes no long time over anything', () => {
    const start = performance.now()
    for (const piece of ["'", 'a ', "''", 'cat ', 'cat|', '" "', ' ;'])
      isPlain(`cat ${piece.repeat(480 / piece.length)}$`)
    expect(performance.now() - start).toBeLessThan(500)
  })
})
