/** A user account, passwd(5) and group(5) read together. */
export interface Account {
  readonly uid: number
  readonly gid: number
  /** Name of the primary group; its number as text where it has no name. */
  readonly group: string
  /** Names of the other groups it is a member of, sorted. */
  readonly groups: readonly string[]
  /** Home directory; empty where none is set. */
  readonly home: string
  /** Login shell; empty where none is set (then /bin/sh is used). */
  readonly shell: string
  /** Full name and the like: the GECOS field. */
  readonly comment: string
}

/** A group of users. */
export interface Group {
  readonly gid: number
  /** Names of its members, sorted; accounts whose primary group it is are not among them. */
  readonly members: readonly string[]
}

/** What divides passwd from group lines in an answer that holds both; no line of either file can look so. */
export const SECTION = '--'

/** Accounts by name, from passwd lines, {@link SECTION} and group lines. */
export function readAccounts(text: string): Readonly<Record<string, Account>> {
  const lines = text.split('\n')
  const divide = lines.indexOf(SECTION)
  const groups = readGroups(lines.slice(divide + 1).join('\n'))
  // of several groups with one number the first gives it its name, as getgrgid(3) has it
  const names = new Map(
    Object.entries(groups)
      .reverse()
      .map(([name, { gid }]) => [gid, name]),
  )
  const accounts = lines.slice(0, divide === -1 ? undefined : divide).flatMap((line): [string, Account][] => {
    const [name, , uid, gid, comment = '', home = '', shell = ''] = line.split(':')
    if (!name || !isNumber(uid) || !isNumber(gid)) return []
    const group = names.get(Number(gid)) ?? gid
    const others = Object.entries(groups).filter(([other, { members }]) => other !== group && members.includes(name))
    const memberOf = others.map(([other]) => other).sort()
    return [[name, { uid: Number(uid), gid: Number(gid), group, groups: memberOf, home, shell, comment }]]
  })
  return Object.fromEntries(accounts)
}

/** Groups by name, from the lines of group(5). */
export function readGroups(text: string): Readonly<Record<string, Group>> {
  const groups = text.split('\n').flatMap((line): [string, Group][] => {
    const [name, , gid, members = ''] = line.split(':')
    if (!name || !isNumber(gid)) return []
    return [[name, { gid: Number(gid), members: members.split(',').filter(Boolean).sort() }]]
  })
  return Object.fromEntries(groups)
}

// lines that only include NIS (`+::::::`) have no numbers
function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text)
}
