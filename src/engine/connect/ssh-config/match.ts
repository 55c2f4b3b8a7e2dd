import { matchesWildcard } from '../wildcard.js'

/** What Match conditions are judged by. */
export interface MatchSubject {
  /** The name to connect to, as known so far. */
  readonly host: string
  readonly originalHost: string
  readonly user: string
  readonly localUser: string
  readonly tag: string
  /** The configuration is read again, with the final host name. */
  readonly final: boolean
  /** Whether a command succeeds; `undefined`: it cannot be said. */
  exec(command: string): boolean | undefined
}

/** Whether a Match block applies; `unsure` when only ssh itself can say. */
export type MatchVerdict =
  | { readonly applies: boolean | 'unsure'; readonly wantsFinal: boolean }
  | { readonly problem: string }

/**
 * Judges a Match line (readconf.c, match_cfg_line): every criterion must hold, `!` turns one around.
 * A command is run only when what stands before it holds.
 */
export function judgeMatch(words: readonly string[], subject: MatchSubject): MatchVerdict {
  let held: boolean | 'unsure' = true
  let wantsFinal = false
  let criteria = 0
  const and = (holds: boolean | undefined, negated: boolean) => {
    if (holds === undefined) held = held && 'unsure'
    else if (holds === negated) held = false
  }
  const failed = () => held === false
  for (let at = 0; at < words.length; at += 1) {
    const written = words[at] ?? ''
    const negated = written.startsWith('!')
    const [name, joined] = splitOnce(negated ? written.slice(1) : written)
    if (name.toLowerCase() !== 'all') criteria += 1
    switch (name.toLowerCase()) {
      case 'all':
        if (criteria > 1 || at < words.length - 1)
          return { problem: `'${written}' cannot be combined with other Match attributes` }
        and(true, negated)
        return { applies: held, wantsFinal }
      case 'final':
      case 'canonical':
        wantsFinal ||= name.toLowerCase() === 'final' && !negated
        and(subject.final, negated)
        continue
    }
    const argument = joined ?? words[++at]
    if (argument === undefined || (argument === '' && !/^(?:tagged|command)$/i.test(name)))
      return { problem: `Missing Match criteria for ${name}` }
    const criterion = CRITERIA[name.toLowerCase()]
    if (criterion === undefined) return { problem: `Unsupported Match attribute ${name}` }
    if (criterion !== exec || !failed()) and(criterion(argument, subject), negated)
  }
  return words.length === 0 ? { problem: 'One or more attributes required for Match' } : { applies: held, wantsFinal }
}

const exec = (command: string, subject: MatchSubject) => subject.exec(command)
const onlySsh = () => undefined

const CRITERIA: Readonly<Record<string, (argument: string, subject: MatchSubject) => boolean | undefined>> = {
  host: (list, { host }) => matchesList(list.toLowerCase(), host.toLowerCase()),
  originalhost: (list, { originalHost }) => matchesList(list.toLowerCase(), originalHost.toLowerCase()),
  user: (list, { user }) => matchesList(list, user),
  localuser: (list, { localUser }) => matchesList(list, localUser),
  tagged: (list, { tag }) => (tag === '' ? list === '' : matchesList(list, tag)),
  // muster asks for a connection as such: there is no command yet, and a session is a shell.
  command: list => list === '',
  sessiontype: list => matchesList(list, 'shell'),
  localnetwork: onlySsh,
  version: onlySsh,
  exec,
}

/** match.c, match_pattern_list: any pattern between the commas fits, and none with `!` in front. */
function matchesList(list: string, text: string): boolean {
  let found = false
  for (const each of list.split(',')) {
    if (each.startsWith('!')) {
      if (matchesWildcard(each.slice(1), text)) return false
    } else if (matchesWildcard(each, text)) found = true
  }
  return found
}

function splitOnce(word: string): readonly [string, string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}
