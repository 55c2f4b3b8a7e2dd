/** Shortest line a terminal must take (MAX_CANON of limits.h(0p), 255), less its end. */
const LONGEST_LINE = 250

/**
 * `sh` text that reads a script typed as {@link typedScript}, says `begin` on a line and runs it. What was typed and perhaps echoed
 * is all in front of that line. Nothing of the script is in any argument list, where every user of the host could read it.
 */
export function scriptReader(begin: string): string {
  return `s=; while IFS= read -r l && test -n "$l"; do s="$s$l"; done; echo ${begin}; eval "$(printf "$s")"`
}

/**
 * A script as lines to be typed on a terminal, in characters that no terminal or `read` takes for anything else; a blank line ends it.
 * printf(1p): `\ddd` is a byte in octal, `%%` a percent sign.
 */
export function typedScript(script: string): string {
  const lines: string[] = []
  let line = ''
  for (const byte of Buffer.from(`unset s l\n${script}`)) {
    if (line.length > LONGEST_LINE - 4) {
      lines.push(line)
      line = ''
    }
    line += TYPED[byte] ?? ''
  }
  return `${[...lines, line].join('\n')}\n\n`
}

const TYPED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  return /[A-Za-z0-9_ /.,:=-]/.test(char) ? char : `\\${byte.toString(8).padStart(3, '0')}`
})
