import { UsageError } from '../../engine/errors.js'
import type { PlanHost } from '../../engine/operation.js'
import { quote } from '../../engine/shell/quote.js'
import { which } from '../../facts/server.js'

/** The programs that keep a host's accounts: shadow's useradd(8), FreeBSD's pw(8), or busybox's adduser. */
export type AccountTool = 'shadow' | 'pw' | 'busybox'

/** Fields of an account to set. */
export interface AccountFields {
  readonly uid?: number | undefined
  readonly group?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly home?: string | undefined
  readonly shell?: string | undefined
  readonly comment?: string | undefined
}

export interface CreateOptions {
  readonly system: boolean
  readonly unique: boolean
  readonly createHome: boolean
}

/** Which of them this host has. @throws {UsageError} none */
export async function accountTool(host: PlanHost): Promise<AccountTool> {
  const [useradd, pw, adduser] = await Promise.all(
    ['useradd', 'pw', 'adduser'].map(command => host.fact(which, { command })),
  )
  if (useradd) return 'shadow'
  if (pw) return 'pw'
  if (adduser) return 'busybox'
  throw new UsageError('this host has none of useradd, pw and adduser to keep accounts with.')
}

/** Creates an account. */
export function createScript(tool: AccountTool, user: string, fields: AccountFields, options: CreateOptions): string {
  const { system, unique, createHome } = options
  switch (tool) {
    case 'shadow':
      return script(
        'useradd',
        flags(fields),
        system && '-r',
        !unique && '-o',
        createHome ? '-m' : '-M',
        '--',
        quote(user),
      )
    case 'pw':
      return script('pw useradd -n', quote(user), flags(fields), !unique && '-o', createHome && '-m', '-w no')
    case 'busybox':
      return [
        script('adduser -D', busyboxFlags(fields), system && '-S', !createHome && '-H', quote(user)),
        ...(fields.groups ?? []).map(group => script('addgroup', quote(user), quote(group))),
      ].join(' && ')
  }
}

/** Changes an account. @throws {UsageError} busybox cannot */
export function modifyScript(tool: AccountTool, user: string, fields: AccountFields, unique: boolean): string {
  switch (tool) {
    case 'shadow':
      return script('usermod', flags(fields), !unique && '-o', '--', quote(user))
    case 'pw':
      return script('pw usermod -n', quote(user), flags(fields), !unique && '-o')
    case 'busybox':
      throw new UsageError(`changing the account ${user} needs usermod, which this host lacks (package shadow).`)
  }
}

/** Removes an account, with its home directory or without. */
export function removeScript(tool: AccountTool, user: string, home: boolean): string {
  switch (tool) {
    case 'shadow':
      return script('userdel', home && '-r', '--', quote(user))
    case 'pw':
      return script('pw userdel -n', quote(user), home && '-r')
    case 'busybox':
      return script('deluser', home && '--remove-home', quote(user))
  }
}

function script(...words: readonly (string | false | undefined)[]): string {
  // these live where the PATH of a login without privileges does not look
  return `PATH="$PATH:/usr/sbin:/sbin" ${words.filter(Boolean).join(' ')}`
}

function flags({ uid, group, groups, home, shell, comment }: AccountFields): string {
  const given: [flag: string, value: string | undefined][] = [
    ['-u', uid?.toString()],
    ['-g', group],
    ['-G', groups?.join(',')],
    ['-d', home],
    ['-s', shell],
    ['-c', comment],
  ]
  return joinFlags(given)
}

function busyboxFlags({ uid, group, home, shell, comment }: AccountFields): string {
  return joinFlags([
    ['-u', uid?.toString()],
    ['-G', group],
    ['-h', home],
    ['-s', shell],
    ['-g', comment],
  ])
}

function joinFlags(given: readonly (readonly [flag: string, value: string | undefined])[]): string {
  return given
    .flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${value ? quote(value) : "''"}`]))
    .join(' ')
}
