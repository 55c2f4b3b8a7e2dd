import { REDACTED, Secret, secretTexts } from './secret.js'
import { quote } from './shell/quote.js'

/** Shorter values are not looked for in text: they would blot out half of every answer. */
const SHORTEST = 4

/** Of what is only called a secret, shorter values are not looked for elsewhere: `token: 'web-1'`. */
const SHORTEST_CALLED = 6

/**
 * Words that are the name of an account, a program or a default before they are anybody's password: `PGPASSWORD=postgres`. A value
 * that is only *called* a secret and is one of these is hidden where it is called so, and not looked for elsewhere. Taking it out of
 * every text would keep nothing secret, since it is the first that anybody tries, and would take `postgres` out of every list of
 * packages, users and hosts. The list is closed and short, on purpose: by length, entropy or a dictionary one could not tell
 * `sunflower`, a bad password and yet a secret, from a word. What is given as a {@link Secret}, or comes from a provider, is always
 * hidden, whatever it is.
 */
const NO_SECRETS: ReadonlySet<string> = new Set([
  ...['administrator', 'ansible', 'apache', 'cassandra', 'chrony', 'daemon', 'debian', 'docker', 'elastic'],
  ...['elasticsearch', 'gitlab', 'grafana', 'influxdb', 'jenkins', 'kubernetes', 'mariadb', 'memcached', 'minioadmin'],
  ...['mongodb', 'nagios', 'nobody', 'oracle', 'postgres', 'postgresql', 'prometheus', 'rabbitmq', 'tomcat', 'ubuntu'],
  ...[
    'vagrant',
    'www-data',
    'zabbix',
    'changeme',
    'default',
    'development',
    'example',
    'localhost',
    'password',
    'private',
  ],
  ...['production', 'public', 'secret', 'staging', 'undefined'],
])

const NAMES = 'password|passwd|passphrase|secret|token|(?:api|private|access|secret)[-_]?key'

/** Keys whose values are never shown, whatever they hold. */
const SECRET_KEY = new RegExp(`(?:^|[-_.])(?:${NAMES}|pgpassword|mysql_pwd)$`)

/** Texts that are secrets by their look: private keys, password hashes, tokens of well-known makers, and what goes before an @ in a URL. */
const SECRET_TEXT: readonly (readonly [shape: RegExp, instead: string])[] = [
  [/-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z]+ ){0,4}PRIVATE KEY-----|$)/g, REDACTED],
  [/\bAGE-SECRET-KEY-1[0-9A-Z]{20,}\b/g, REDACTED],
  [/(?<![\w$])\$(?:1|5|6|7|y|gy|2[abxy]?|argon2\w*)\$[./A-Za-z0-9$,=+-]{20,}/g, REDACTED],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{36}|(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{32,}|hvs\.[A-Za-z0-9_-]{20,}|dop_v1_[0-9a-f]{64})\b/g,
    REDACTED,
  ],
  [/\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g, REDACTED],
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/-]{8,}=*/g, `$1 ${REDACTED}`],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"]{0,60}:)[^\s/@'"]{1,200}(?=@)/gi, `$1${REDACTED}`],
  [new RegExp(String.raw`(--?(?:${NAMES})[= ])(?!['"\`$‹-])[^\s;|&]+`, 'gi'), `$1${REDACTED}`],
  [
    new RegExp(String.raw`((?<![\w.-])[\w.-]{0,40}?(?:${NAMES})\d*=)(?!['"\`$‹=>(])[^\s;|&,)}]+`, 'gi'),
    `$1${REDACTED}`,
  ],
]

/** `password: 'hunter2'`, `"api_key" = "…"`: a text in quotes that is called a secret, in whatever language. */
const CALLED = new RegExp(
  String.raw`((?<![\w.-])[\w.-]{0,40}?(?:${NAMES})\d*["']?(?:: *\w+)?\s{0,3}[:=]\s{0,3})(["'\`])((?:\\.|(?!\2)[^\\\n]){1,4000})\2`,
  'gi',
)

/** What a text must hold for {@link CALLED} and its like to be worth a look. */
const MAY_NAME = /pass|secret|token|key|:\/\//i

/** Keys of data that are remembered. */
const MOST_KEYS = 2000

/** Nothing shorter has the look of a secret (`xoxb-` and ten characters) unless it names one, which takes one of {@link SIGNS}. */
const SHORTEST_LOOK = 15
const SIGNS = /[\s=:]/

/**
 * The one sink in front of screen, journal, export and error messages: takes known secrets, and what looks like one, out of text and
 * data, and leaves a mark in their place.
 *
 * @example
 * const redactor = new Redactor()
 * new Secret('hunter2')
 * redactor.text('sudo said: hunter2 is wrong') // 'sudo said: ‹redacted› is wrong'
 */
export class Redactor {
  #forms: readonly string[] = []
  /** How many secrets {@link #forms} was made of. */
  #known = 0
  readonly #keys = new Map<string, { readonly shown: string; readonly hides: boolean }>()
  #keysFor: readonly string[] = []

  /**
   * From now on every secret in some data is taken out wherever it appears: as it is, quoted for a shell, or escaped in JSON. A
   * secret is what stands under a secret's key, and any {@link Secret}, which is known from when it was made.
   */
  learn(data: unknown): void {
    this.#learn(data, false, new Set())
  }

  /**
   * The same for environment variables.
   *
   * @returns the variables that are called secrets and hold no secret: an ordinary name, which is shown in other text
   */
  learnEnvironment(variables: Readonly<Record<string, string | undefined>>): string[] {
    this.learn({ ...variables }) // process.env is no plain object
    return Object.entries(variables).flatMap(([name, value]) =>
      isSecretKey(name) && value !== undefined && NO_SECRETS.has(value) ? [name] : [],
    )
  }

  /** The same for the code of a cell: texts that are called a password, a token … */
  learnSource(source: string): void {
    if (!MAY_NAME.test(source)) return
    for (const [, , , value = ''] of source.matchAll(CALLED)) learnCalled(value)
    for (const [, , value = ''] of source.matchAll(/\bnew Secret\(\s*(["'`])((?:(?!\1).)+)\1/g)) learnCalled(value)
  }

  text(text: string): string {
    let clean = text
    for (const value of this.#longestFirst()) if (clean.includes(value)) clean = clean.replaceAll(value, REDACTED)
    if (clean.length < SHORTEST_LOOK && !SIGNS.test(clean)) return clean
    for (const [shape, instead] of SECRET_TEXT) clean = clean.replace(shape, instead)
    return MAY_NAME.test(clean) ? clean.replace(CALLED, `$1$2${REDACTED}$2`) : clean
  }

  /** The longest first: a secret may hold another. */
  #longestFirst(): readonly string[] {
    if (this.#known === secretTexts.size) return this.#forms
    this.#known = secretTexts.size
    const forms = [...secretTexts].filter(({ length }) => length >= SHORTEST).flatMap(formsOf)
    this.#forms = [...new Set(forms)].sort((a, b) => b.length - a.length)
    return this.#forms
  }

  #learn(value: unknown, called: boolean, seen: Set<object>): void {
    if (typeof value === 'string' && called) learnCalled(value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    if (Array.isArray(value)) for (const item of value) this.#learn(item, called, seen)
    else if (isPlainObject(value))
      for (const [key, item] of Object.entries(value)) this.#learn(item, called || isSecretKey(key), seen)
  }

  /** Whether bytes that are no text hold a secret. */
  #inBytes(base64: string): boolean {
    const bytes = Buffer.from(base64, 'base64')
    const text = bytes.toString('latin1')
    return (
      this.#longestFirst().some(form => bytes.includes(form)) || SECRET_TEXT.some(([shape]) => text.search(shape) >= 0)
    )
  }

  /** Plain data with every string in it redacted, and every value under a secret's key. */
  data<T>(value: T): T {
    // the result has the shape of what came in: only strings are replaced, by strings
    return this.#walk(value, false) as T
  }

  /** @param hidden under a secret's key, where every text is a secret */
  #walk(value: unknown, hidden: boolean): unknown {
    if (typeof value === 'string') return hidden && value !== '' ? REDACTED : this.text(value)
    if (Array.isArray(value)) return value.map(item => this.#walk(item, hidden))
    if (!isPlainObject(value)) return value
    if ('$bytes' in value && typeof value.$bytes === 'string' && this.#inBytes(value.$bytes)) return REDACTED
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const { shown, hides } = this.#key(key)
        return [shown, this.#walk(item, hidden || hides)]
      }),
    )
  }

  /** Data has the same keys again and again: what is to be made of one is worked out once, for as long as no secret is new. */
  #key(key: string): { readonly shown: string; readonly hides: boolean } {
    const forms = this.#longestFirst()
    if (this.#keysFor !== forms || this.#keys.size > MOST_KEYS) this.#keys.clear()
    this.#keysFor = forms
    const known = this.#keys.get(key)
    if (known) return known
    const made = { shown: this.text(key), hides: isSecretKey(key) }
    this.#keys.set(key, made)
    return made
  }
}

function learnCalled(value: string): void {
  if (value.length >= SHORTEST_CALLED && !value.includes(REDACTED) && !NO_SECRETS.has(value)) new Secret(value)
}

/** A secret as it is, quoted for a shell, escaped in JSON, and as part of a URL or a header. */
function formsOf(value: string): string[] {
  const encoded = encodeURIComponent(Buffer.from(value).toString())
  return [value, quote(value), JSON.stringify(value).slice(1, -1), encoded, Buffer.from(value).toString('base64')]
}

/** `password`, `sudoPassword`, `SUDO_PASSWORD`, `api-key` … */
function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase())
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
