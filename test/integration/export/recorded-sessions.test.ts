import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nobody } from '../../../src/engine/connect/index.js'
import { registerDeclaration } from '../../../src/engine/inventory/declaration.js'
import { approveAll } from '../../../src/engine/run/approval.js'
import { type Deploy, runDeploy } from '../../../src/engine/run/deploy.js'
import { prove } from '../../../src/repl/export/prove.js'
import { typeChecker } from '../../../src/repl/export/type-faults.js'
import { openWorkspace, type Workspace } from '../../../src/repl/workspace.js'
import type { Lab } from '../../fleet/lab.js'
import { labInventory, type WorkFolder, workFolder } from '../../fleet/lab-inventory.js'
import { describeOnOwnLab } from '../../fleet/own-lab.js'
import { differences, type HostState, stateOf } from '../../fleet/state.js'
import { ALL_SESSIONS, exportOf, exportPath, HOSTS, recordsPath } from '../../recorded/library.js'
import { perform } from '../../recorded/perform.js'

/** Set to write the library anew from the hosts: `MUSTER_RECORD=1 npx vitest run test/integration/export`. */
const isRecording = process.env.MUSTER_RECORD !== undefined

const { signal } = new AbortController()
const hosts = { h1: { systemd: true }, h2: {}, h3: {}, f1: { systemd: true }, f2: {}, f3: {} } as const

/** Three hosts under the names of the sessions, and a folder to work in. */
interface Site {
  readonly folder: WorkFolder
  readonly workspace: Workspace
  /** The hosts as they are now, by their names in sessions. */
  states(): Promise<ReadonlyMap<string, HostState>>
}

async function openSite(lab: Lab, letter: 'h' | 'f'): Promise<Site> {
  const inLab = (name: string): string => name.replace('h', letter)
  const own = HOSTS.hosts.map(name => {
    const { address, port } = lab.host(inLab(name))
    return [name, { address, port }]
  })
  const groups = Object.fromEntries(Object.entries(HOSTS.groups).map(([name, members]) => [name, { hosts: members }]))
  const folder = workFolder({ ...labInventory(lab), hosts: Object.fromEntries(own), groups })
  for (const { files = {} } of Object.values(ALL_SESSIONS))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder.path, name)), { recursive: true })
      folder.write(name, text)
    }
  const workspace = await openWorkspace({
    inventory: 'inventory.ts',
    directory: folder.path,
    asker: nobody,
    approver: approveAll,
    emit: () => {},
  })
  const states = async (): Promise<ReadonlyMap<string, HostState>> =>
    new Map(await Promise.all(HOSTS.hosts.map(async name => [name, await stateOf(lab, inLab(name))] as const)))
  return { folder, workspace, states }
}

describeOnOwnLab('sessions on real hosts', { hosts }, lab => {
  let used: Site
  let fresh: Site
  /** What differed between the hosts that a session was on and those that had not seen it, before it began. */
  let unlike: ReadonlyMap<string, ReadonlySet<string>>

  beforeAll(async () => {
    ;[used, fresh] = await Promise.all([openSite(lab(), 'h'), openSite(lab(), 'f')])
    unlike = namesOf(await unlikeness())
  })
  afterAll(async () => {
    for (const site of [used, fresh]) {
      await site?.workspace.close()
      site?.folder.remove()
    }
  })

  async function unlikeness(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    const [ones, others] = await Promise.all([used.states(), fresh.states()])
    return new Map([...ones].map(([name, one]) => [name, differences(one, others.get(name) ?? new Map())]))
  }

  test.each(Object.entries(ALL_SESSIONS))('%s', { timeout: 180_000 }, async (title, session) => {
    Object.assign(process.env, session.secrets)
    const records = await perform(session, lab(), used.folder.path)
    const { source } = exportOf(title, records)
    if (isRecording) {
      writeFileSync(recordsPath(title), records.map(record => `${JSON.stringify(record)}\n`).join(''))
      writeFileSync(exportPath(title), source)
    }
    expect(source).toBe(readFileSync(exportPath(title), 'utf8'))

    // types are checked below, of all exports at once
    used.folder.write('deploy.ts', source)
    const proof = await prove(join(used.folder.path, 'deploy.ts'), used.workspace, signal, () => [])
    const before = unlike
    fresh.folder.write('deploy.ts', source)
    const { default: deploy } = await fresh.workspace.load(join(fresh.folder.path, 'deploy.ts'))
    const { error, hosts: ended } = await runDeploy(deploy as Deploy, fresh.workspace.engine.fleet, {
      approver: approveAll,
      emit: () => {},
      signal,
    })
    const now = await unlikeness()
    unlike = namesOf(now)
    expect(proof, `${source}\n${JSON.stringify(proof)}`).toMatchObject({ kind: 'proven', hosts: HOSTS.hosts })
    expect('except' in proof).toBe(session.partly ?? false)
    expect(error).toBeUndefined()
    expect([...ended].filter(([, { status }]) => status !== 'changed' && status !== 'same')).toEqual([])
    for (const [name, differing] of now) {
      const known = (thing: string): boolean => before.get(name)?.has(thing) ?? false
      const left = [...differing].filter(([thing]) => !known(thing) && session.differs?.[thing] === undefined)
      expect(left, name).toEqual([])
    }
  })

  test('the exports type-check', { timeout: 300_000 }, () => {
    const paths = Object.keys(ALL_SESSIONS).flatMap(title => {
      if (!existsSync(exportPath(title))) return []
      const name = `${title.replaceAll(/\W+/g, '-')}.ts`
      used.folder.write(name, readFileSync(exportPath(title), 'utf8'))
      return [join(used.folder.path, name)]
    })
    const typeFaults = typeChecker(ts, registerDeclaration(used.workspace.inventory), used.folder.path)
    expect(typeFaults(...paths)).toEqual([])
  })
})

function namesOf(unlike: ReadonlyMap<string, ReadonlyMap<string, string>>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([...unlike].map(([host, things]) => [host, new Set(things.keys())]))
}
