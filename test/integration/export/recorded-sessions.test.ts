import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
import { differences, stateOf } from '../../fleet/state.js'
import { exportOf, exportPath, HOSTS, recordsPath } from '../../recorded/library.js'
import { perform } from '../../recorded/perform.js'
import { SESSIONS } from '../../recorded/sessions.js'

/** Set to write the library anew from the hosts: `MUSTER_RECORD=1 npx vitest run test/integration/export`. */
const isRecording = process.env.MUSTER_RECORD !== undefined

const { signal } = new AbortController()
const hosts = { h1: { systemd: true }, h2: {}, h3: {}, f1: { systemd: true }, f2: {}, f3: {} } as const

/** Three hosts under the names of the sessions, and a folder to work in. */
interface Site {
  readonly folder: WorkFolder
  readonly workspace: Workspace
}

async function openSite(lab: Lab, letter: 'h' | 'f'): Promise<Site> {
  const all = labInventory(lab)
  const own = HOSTS.hosts.map(name => {
    const { address, port } = lab.host(name.replace('h', letter))
    return [name, { address, port }]
  })
  const groups = Object.fromEntries(Object.entries(HOSTS.groups).map(([name, members]) => [name, { hosts: members }]))
  const folder = workFolder({ ...all, hosts: Object.fromEntries(own), groups })
  const workspace = await openWorkspace({
    inventory: 'inventory.ts',
    directory: folder.path,
    asker: nobody,
    approver: approveAll,
    emit: () => {},
  })
  return { folder, workspace }
}

describeOnOwnLab('sessions on real hosts', { hosts }, lab => {
  let used: Site
  let fresh: Site
  let typeFaults: (file: string) => string[]
  /** What differs between any two hosts before anything was done. */
  const unlike = new Map<string, ReadonlySet<string>>()

  beforeAll(async () => {
    ;[used, fresh] = await Promise.all([openSite(lab(), 'h'), openSite(lab(), 'f')])
    typeFaults = typeChecker(ts, registerDeclaration(used.workspace.inventory), used.folder.path)
    await Promise.all(
      HOSTS.hosts.map(async name => {
        const [one, other] = await states(name)
        unlike.set(name, new Set(differences(one, other).map(text => text.slice(0, text.indexOf(': ')))))
      }),
    )
  })
  afterAll(async () => {
    for (const site of [used, fresh]) {
      await site?.workspace.close()
      site?.folder.remove()
    }
  })

  const states = (name: string) => Promise.all([stateOf(lab(), name), stateOf(lab(), name.replace('h', 'f'))])

  test.each(Object.entries(SESSIONS))('%s', async (title, session) => {
    for (const file of Object.keys(session.files ?? {}))
      for (const { folder } of [used, fresh]) mkdirSync(dirname(join(folder.path, file)), { recursive: true })
    const { records } = await perform(session, lab(), used.folder.path)
    const { source } = exportOf(title, records)
    if (isRecording) {
      writeFileSync(recordsPath(title), records.map(record => `${JSON.stringify(record)}\n`).join(''))
      writeFileSync(exportPath(title), source)
    }
    expect(source).toBe(readFileSync(exportPath(title), 'utf8'))

    used.folder.write('deploy.ts', source)
    const proof = await prove(join(used.folder.path, 'deploy.ts'), used.workspace, signal, typeFaults)
    expect(proof, source).toMatchObject({ kind: 'proven', hosts: HOSTS.hosts })
    expect('except' in proof).toBe(session.partly ?? false)

    for (const [name, text] of Object.entries(session.files ?? {})) fresh.folder.write(name, text)
    fresh.folder.write('deploy.ts', source)
    const { default: deploy } = await fresh.workspace.load(join(fresh.folder.path, 'deploy.ts'))
    const { error, hosts: ended } = await runDeploy(deploy as Deploy, fresh.workspace.engine.fleet, {
      approver: approveAll,
      emit: () => {},
      signal,
    })
    expect(error).toBeUndefined()
    expect([...ended].filter(([, { status }]) => status !== 'changed' && status !== 'same')).toEqual([])
    for (const name of HOSTS.hosts) {
      const [one, other] = await states(name)
      expect(differences(one, other, unlike.get(name)), name).toEqual([])
    }
  })
})
