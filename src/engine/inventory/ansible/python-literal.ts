/**
 * A value as an INI inventory writes it: a Python literal (`8080`, `True`, `['a', 1]`, `{'k': None}`), or else the text as it is.
 *
 * @see {@link https://docs.python.org/3/library/ast.html#ast.literal_eval} what Ansible reads it with
 */
export function pythonLiteral(text: string): unknown {
  const reader = new Reader(text)
  try {
    return reader.whole()
  } catch {
    return text
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '\n': '' },
}

const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][+-]?\d+)?|\d(?:_?\d)*\.?(?:[eE][+-]?\d+)?/y

class Reader {
  #at = 0

  constructor(readonly text: string) {}

  whole(): unknown {
    const value = this.#items('')
    if (this.#at < this.text.length) throw new SyntaxError('more than a literal')
    return value
  }

  /** A value, or several with commas between: a tuple. */
  #items(close: string): unknown {
    this.#space()
    if (close !== '' && this.#takes(close)) return []
    const first = this.#value()
    this.#space()
    if (this.text[this.#at] !== ',') {
      if (close !== '') this.#expect(close)
      return first
    }
    const values = [first]
    while (this.#takes(',')) {
      this.#space()
      if (this.text[this.#at] === close || this.#at >= this.text.length) break
      values.push(this.#value())
      this.#space()
    }
    if (close !== '') this.#expect(close)
    return values
  }

  #value(): unknown {
    this.#space()
    const sign = /[+-]/.exec(this.text[this.#at] ?? '')?.[0]
    if (sign !== undefined) {
      this.#at += 1
      const value = this.#value()
      if (typeof value !== 'number') throw new SyntaxError('a sign without a number')
      return sign === '-' ? -value : value
    }
    if (this.#takes('(')) return this.#items(')')
    if (this.#takes('[')) return this.#list()
    if (this.#takes('{')) return this.#record()
    const word = this.#match(/(?:True|False|None)(?!\w)/y)?.[0]
    if (word !== undefined) return word === 'None' ? null : word === 'True'
    return this.#string() ?? this.#number()
  }

  #list(): unknown[] {
    const values: unknown[] = []
    for (this.#space(); !this.#takes(']'); this.#space()) {
      values.push(this.#value())
      this.#space()
      if (!this.#takes(',') && this.text[this.#at] !== ']') throw new SyntaxError('a list without its end')
    }
    return values
  }

  #record(): Record<string, unknown> {
    const entries: [string, unknown][] = []
    for (this.#space(); !this.#takes('}'); this.#space()) {
      const key = this.#value()
      this.#space()
      this.#expect(':')
      entries.push([String(key), this.#value()])
      this.#space()
      if (!this.#takes(',') && this.text[this.#at] !== '}') throw new SyntaxError('a record without its end')
    }
    return Object.fromEntries(entries)
  }

  /** One string, or several side by side, which are one. */
  #string(): string | undefined {
    let found: string | undefined
    for (;;) {
      const open = this.#match(/([uUrR]?)('''|"""|'|")/y)
      if (!open) return found
      const [, prefix = '', quote = ''] = open
      const body = this.#match(quote.length === 3 ? LONG[quote === "'''" ? 0 : 1] : SHORT[quote === "'" ? 0 : 1])
      if (!body) throw new SyntaxError('a string without its end')
      this.#expect(quote)
      found = (found ?? '') + (/r/i.test(prefix) ? body[0] : unescaped(body[0]))
      this.#space()
    }
  }

  #number(): number {
    const digits = this.#match(NUMBER)?.[0]?.replaceAll('_', '')
    // no leading zeros, no names that begin with a digit
    if (digits === undefined || /^0\d*[1-9]\d*$/.test(digits) || /\w/.test(this.text[this.#at] ?? ''))
      throw new SyntaxError('no literal')
    return Number(digits)
  }

  #space(): void {
    this.#match(/(?:\s|#.*)*/y)
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.text) ?? undefined
    if (found) this.#at = pattern.lastIndex
    return found
  }

  #takes(sign: string): boolean {
    if (!this.text.startsWith(sign, this.#at)) return false
    this.#at += sign.length
    return true
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw new SyntaxError(`no ${sign}`)
  }
}

const SHORT = [/(?:[^'\\\n]|\\[\s\S])*/y, /(?:[^"\\\n]|\\[\s\S])*/y] as const
const LONG = [/(?:(?!''')(?:[^\\]|\\[\s\S]))*/y, /(?:(?!""")(?:[^\\]|\\[\s\S]))*/y] as const

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-7]{1,3})|([\s\S]))/g,
    (all, hex?: string, unicode?: string, octal?: string, sign = '') =>
      hex !== undefined || unicode !== undefined
        ? String.fromCharCode(Number.parseInt(hex ?? unicode ?? '', 16))
        : octal !== undefined
          ? String.fromCharCode(Number.parseInt(octal, 8))
          : (ESCAPES[String(sign)] ?? all),
  )
}
