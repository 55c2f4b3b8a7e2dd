import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Secret } from '../../secret.js'
import { type Inventory, resolveInventory } from '../inventory.js'
import { loadTree } from './load-tree.js'
import { readAnsible } from './read-ansible.js'

const FIXTURES = fileURLToPath(new URL('../../../../test/fixtures/ansible/', import.meta.url))

/** What `ansible-inventory --list` says. */
interface Listed {
  readonly _meta: { readonly hostvars: Readonly<Record<string, unknown>> }
  readonly [group: string]: { readonly hosts?: readonly string[]; readonly children?: readonly string[] } | object
}

/** What Ansible itself says of an inventory; `undefined` where it is not installed. */
function askAnsible(file: string): Listed | undefined {
  try {
    return JSON.parse(execFileSync('ansible-inventory', ['-i', file, '--list'], { encoding: 'utf8', stdio: 'pipe' }))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

describe.each(['hosts.ini', 'hosts.yml'])('%s', name => {
  const file = join(FIXTURES, 'site', name)
  const recorded: Listed = JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8'))

  it('is read as ansible-inventory read it (and reads it, where it is installed)', { timeout: 60_000 }, async () => {
    expect(askAnsible(file) ?? recorded).toEqual(recorded)
    const { tree, groupsOf, variables } = await loadTree(file)
    const { _meta, all: _, ...groups } = recorded
    const hostvars = Object.fromEntries([...tree.hosts.keys()].map(host => [host, variables(host)]))
    expect({ ..._meta.hostvars }).toEqual(
      // of hosts without variables ansible-inventory says nothing
      Object.fromEntries(Object.entries(hostvars).filter(([, vars]) => Object.keys(vars).length > 0)),
    )
    const found = new Set([...tree.groups.values(), ...[...groupsOf.values()].flat()])
    const filled = [...found].filter(
      group =>
        !(group.name === 'all' || group === tree.groups.get('ungrouped')) && group.hosts.size + group.children.size > 0,
    )
    expect(
      Object.fromEntries(
        filled.map(({ name: group, hosts, children }) => [
          group,
          {
            ...(hosts.size > 0 ? { hosts: [...hosts] } : {}),
            ...(children.size > 0 ? { children: [...children] } : {}),
          },
        ]),
      ),
    ).toEqual(groups)
  })
})

describe('hosts of an Ansible inventory', () => {
  async function opened(files: Readonly<Record<string, string>>, name = 'hosts.ini'): Promise<Inventory> {
    const folder = mkdtempSync(join(tmpdir(), 'muster-ansible-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return resolveInventory(await readAnsible(join(folder, name)), name)
  }

  it('are reached as it says, keep the rest as data, and are in its groups', async () => {
    const { hosts, groups } = resolveInventory(await readAnsible(join(FIXTURES, 'site', 'hosts.ini')), 'hosts.ini')
    const web = hosts.get('web02.example.org')
    expect(web?.connect).toEqual({
      user: 'deploy',
      identityFile: '~/.ssh/ops',
      proxyJump: 'bastion',
      strictHostKeyChecking: 'accept-new',
    })
    expect(web?.data).toMatchObject({ workers: 8, environment_name: 'production', timezone: 'Europe/Berlin' })
    expect(web?.data).not.toHaveProperty('ansible_user')
    expect(hosts.get('web10.example.org')?.connect.port).toBe(2022)
    expect(hosts.get('edge-b')?.connect.address).toBe('edge-b.edge.example.org')
    expect(hosts.get('db1')?.become).toEqual({ su: 'postgres' })
    expect(hosts.get('db2')?.become).toEqual({})
    expect(hosts.get('fe80::1')?.groups).toEqual(['ungrouped'])
    expect(groups.get('prod')).toHaveLength(10)
    expect([...groups.keys()]).toEqual(['web', 'db', 'prod', 'europe', 'asia', 'first', 'empty', 'ungrouped'])
  })

  it('keep passwords as secrets', async () => {
    const { hosts } = await opened({
      'hosts.ini': 'a ansible_password=hunter2pw ansible_become_password=hunter3pw ansible_become=true other=1\n',
    })
    const a = hosts.get('a')
    expect(a?.connect.password).toBeInstanceOf(Secret)
    expect(JSON.stringify(a)).not.toContain('hunter')
    expect([a?.data, a?.become]).toEqual([{ other: 1 }, { sudo: true }])
  })

  it('are many', async () => {
    const { hosts, groups } = await opened({ 'hosts.ini': '[web]\nweb[0001:5000] n=1\n[all:children]\nweb\n' })
    expect([hosts.size, groups.get('web')?.length]).toEqual([5000, 5000])
  })

  const vault = '$ANSIBLE_VAULT;1.1;AES256\n3338\n'
  it.each<[string, Record<string, string>, string, string?]>([
    ['a section of another kind', { 'hosts.ini': '\n[web:host]\n' }, 'hosts.ini:2: [web:host] is no section: after'],
    [
      'a section that is not closed',
      { 'hosts.ini': '[web]\na\n[oops\n' },
      'hosts.ini:3: “[oops” has a “[” without its “]”.',
    ],
    [
      'a range that is not closed',
      { 'hosts.ini': '[web]\nweb[1:\n' },
      'hosts.ini:2: “web[1:” has a “[” without its “]”.',
    ],
    ['a section with a space', { 'hosts.ini': '[web servers]\n' }, 'hosts.ini:1: “[web servers]” is no section'],
    ['a word that assigns nothing', { 'hosts.ini': 'a b\n' }, 'hosts.ini:1: after a host stands key=value, not “b”.'],
    ['a quote without its end', { 'hosts.ini': 'a b="c\n' }, 'hosts.ini:1: “"c” has a quote without its end.'],
    ['a range backwards', { 'hosts.ini': 'w[c:a]\n' }, 'hosts.ini:1: w[c:a]: [c:a] runs backwards.'],
    ['an unlike padding', { 'hosts.ini': 'w[01:100]\n' }, '[01:100] is padded with zeros on one side only.'],
    ['a group that is not there', { 'hosts.ini': '[p:children]\nwbe\n' }, 'hosts.ini:2: there is no group wbe: write'],
    ['variables of none', { 'hosts.ini': '[p:vars]\na=1\n' }, 'hosts.ini:1: there is no group p: write a section [p].'],
    ['a circle', { 'hosts.ini': '[a:children]\nb\n[b:children]\na\n' }, 'the group a is a child of itself (a → b → a)'],
    [
      'another connection',
      { 'hosts.ini': 'a ansible_connection=winrm\n' },
      'host a: muster has no connection for ansible',
    ],
    [
      'another become',
      { 'hosts.ini': 'a ansible_become=1 ansible_become_method=runas\n' },
      'by sudo, su or doas, not by',
    ],
    [
      'a template only Ansible can fill in',
      { 'hosts.ini': `a ansible_host="{{ lookup('env', 'X') }}"\n` },
      'hosts.ini: host a: ansible_host is the template “{{ lookup(',
    ],
    [
      'an ssh argument without a setting',
      { 'hosts.ini': 'a ansible_ssh_common_args="-o Tunnel=yes"\n' },
      'no setting for the ssh argument -o Tunnel=yes: put it into ~/.ssh/config',
    ],
    [
      'an encrypted variable',
      {
        'hosts.yml': 'all:\n  hosts:\n    a:\n      token: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        3338\n',
      },
      'hosts.yml: host a: token is encrypted by ansible-vault, which muster does not open: decrypt it',
      'hosts.yml',
    ],
    [
      'an encrypted file',
      { 'hosts.ini': 'a\n', 'group_vars/all.yml': vault },
      'host a: group_vars/all.yml is encrypted',
    ],
    ['what is no YAML', { 'hosts.yml': 'all:\n  hosts: [a\n' }, 'hosts.yml:', 'hosts.yml'],
    [
      'a list of hosts',
      { 'hosts.yml': 'all:\n  hosts:\n    - a\n' },
      'hosts of group all must be a mapping',
      'hosts.yml',
    ],
    ['a key of no group', { 'hosts.yml': 'web:\n  host: {}\n' }, 'group web has host, where only hosts', 'hosts.yml'],
  ])('refuse %s', async (_, files, message, name) => {
    await expect(opened(files, name)).rejects.toThrow(message)
  })
})
