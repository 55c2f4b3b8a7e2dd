import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { nobody } from '../../../src/engine/connect/index.js'
import { createModuleLoader, type ModuleLoader } from '../../../src/engine/modules/load.js'
import { approveAll } from '../../../src/engine/run/approval.js'
import { type Deploy, runDeploy } from '../../../src/engine/run/deploy.js'
import * as muster from '../../../src/index.js'
import { prove } from '../../../src/repl/export/prove.js'
import { openWorkspace, type Workspace } from '../../../src/repl/workspace.js'
import { type Lab, startLab } from '../../fleet/lab.js'
import { labInventory, type WorkFolder, workFolder } from '../../fleet/lab-inventory.js'
import { describeUnless } from '../../fleet/own-lab.js'
import { labUnavailable } from '../../fleet/requirements.js'
import { changedFiles, differences, factsOf, type HostState } from '../../fleet/state.js'
import { ALL_SESSIONS, exportOf, exportPath, HOSTS, recordsPath } from '../../recorded/library.js'
import { perform } from '../../recorded/perform.js'
import type { TypedSession } from '../../recorded/sessions.js'

/** Set to write the library anew from the hosts: `MUSTER_RECORD=1 npx vitest run test/integration/export`. */
const isRecording = process.env.MUSTER_RECORD !== undefined

const { signal } = new AbortController()

/** What the hosts of a session are: plain ones, the first with systemd, or all with dnf and git. */
type SiteKind = 'plain' | 'systemd' | 'rpm'

const kindOf = ({ systemd, rpm }: TypedSession): SiteKind => (systemd ? 'systemd' : rpm ? 'rpm' : 'plain')

/** Three hosts of a lab of their own under the names of the sessions, and a folder to work in. */
class Site {
  readonly folder: WorkFolder
  readonly #loader: ModuleLoader

  private constructor(readonly lab: Lab) {
    const groups = Object.fromEntries(Object.entries(HOSTS.groups).map(([name, members]) => [name, { hosts: members }]))
    this.folder = workFolder({ ...labInventory(lab), groups })
    this.#loader = createModuleLoader({ cwd: this.folder.path, provide: new Map([['muster', muster]]) })
    for (const { files = {} } of Object.values(ALL_SESSIONS))
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(this.folder.path, name)), { recursive: true })
        this.folder.write(name, text)
      }
  }

  static async open(kind: SiteKind): Promise<Site> {
    const base = kind === 'rpm' ? 'rpm' : 'bookworm'
    return new Site(
      await startLab({ hosts: { h1: { base, systemd: kind === 'systemd' }, h2: { base }, h3: { base } } }),
    )
  }

  /** Hosts that have seen nothing yet. */
  async renew(): Promise<void> {
    await this.lab.renew(...HOSTS.hosts)
  }

  /** Works on the hosts, over connections of its own. */
  async on<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
    const workspace = await openWorkspace({
      inventory: 'inventory.ts',
      directory: this.folder.path,
      loader: this.#loader,
      asker: nobody,
      approver: approveAll,
      emit: () => {},
    })
    try {
      return await work(workspace)
    } finally {
      await workspace.close()
    }
  }

  /** The hosts as they are now: facts, and all files that are not as they were when the host was new. */
  async states({ engine }: Workspace): Promise<ReadonlyMap<string, HostState>> {
    for (const name of HOSTS.hosts) engine.machine(name).reader.forget()
    const facts = await factsOf(engine.fleet)
    const states = HOSTS.hosts.map(
      async name => [name, new Map([...(facts.get(name) ?? []), ...(await changedFiles(this.lab, name))])] as const,
    )
    return new Map(await Promise.all(states))
  }

  async close(): Promise<void> {
    this.folder.remove()
    await this.lab.stop()
  }
}

describeUnless(labUnavailable(['bookworm', 'rpm']), 'sessions on real hosts', () => {
  /** Those a session is typed on, and those that see nothing but its export; with systemd, or dnf, only for what needs it. */
  const open = new Map<SiteKind, Promise<readonly [used: Site, fresh: Site]>>()
  const sites = (kind: SiteKind): Promise<readonly [used: Site, fresh: Site]> => {
    const pair = open.get(kind) ?? Promise.all([Site.open(kind), Site.open(kind)])
    open.set(kind, pair)
    return pair
  }
  afterAll(async () => {
    for (const pair of await Promise.all(open.values())) for (const site of pair) await site.close()
  })

  test.each(Object.entries(ALL_SESSIONS))('%s', { timeout: 180_000 }, async (title, session) => {
    Object.assign(process.env, session.secrets)
    const [used, fresh] = await sites(kindOf(session))
    await used.renew()
    const [records] = await Promise.all([perform(session, used.lab, used.folder.path), fresh.renew()])
    const { source } = exportOf(title, records)
    if (isRecording) {
      writeFileSync(recordsPath(title), records.map(record => `${JSON.stringify(record)}\n`).join(''))
      writeFileSync(exportPath(title), source)
    }
    expect(source).toBe(readFileSync(exportPath(title), 'utf8'))

    // types are checked in test/unit/export, of all exports at once
    used.folder.write('deploy.ts', source)
    const [proof, left] = await used.on(async workspace => [
      await prove(join(used.folder.path, 'deploy.ts'), workspace, signal, () => []),
      await used.states(workspace),
    ])
    expect(proof, `${source}\n${JSON.stringify(proof)}`).toMatchObject({ kind: 'proven', hosts: HOSTS.hosts })
    expect('except' in proof).toBe(session.partly ?? false)

    fresh.folder.write('deploy.ts', source)
    const [{ error, hosts: ended }, again, made] = await fresh.on(async workspace => {
      const path = join(fresh.folder.path, 'deploy.ts')
      const { default: deploy } = await workspace.load(path)
      const options = { approver: approveAll, emit: () => {}, signal }
      const run = await runDeploy(deploy as Deploy, workspace.engine.fleet, options)
      return [run, await prove(path, workspace, signal, () => []), await fresh.states(workspace)]
    })
    expect(error).toBeUndefined()
    expect([...ended].filter(([, { status }]) => status !== 'changed' && status !== 'same')).toEqual([])
    const twice = 'a second run changes nothing, not even to change it back'
    expect(again).toMatchObject({ kind: 'proven', hosts: HOSTS.hosts })
    expect('rewrites' in again ? again.rewrites : [], twice).toEqual([])
    for (const [name, state] of left) {
      const unlike = [...differences(state, made.get(name) ?? new Map())]
      expect(
        unlike.filter(([thing]) => session.differs?.[thing] === undefined),
        name,
      ).toEqual([])
    }
  })
})
