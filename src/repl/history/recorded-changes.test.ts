import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ChangeView } from '../../engine/events.js'
import type { SessionEvent, SessionRecord } from '../protocol.js'
import { dependentsOf } from './dependents.js'
import { type RecordedChange, RecordedChanges } from './recorded-changes.js'
import { readChanges } from './sessions.js'

/** Changes of paths by cells of sessions; `undo` takes cells back. */
class Story {
  readonly #gathered = new RecordedChanges()
  #cell = 0
  #at = 0

  begin(session: string): this {
    this.#cell = 0
    this.#gathered.begin(session)
    return this
  }

  change(path: string, hosts: readonly string[] = ['a', 'b'], diff?: ChangeView['diff']): this {
    return this.#cells(hosts, { kind: 'text', subject: path, before: null, after: 'x', ...diff } as ChangeView['diff'])
  }

  undo(session: string, cells: readonly number[], hosts: readonly string[] = ['a', 'b']): this {
    this.#cells(hosts, { kind: 'text', subject: '/undone', before: 'x', after: null })
    for (const cell of cells) this.#see({ type: 'undone', as: this.#cell, session, cell, hosts })
    return this
  }

  get changes(): readonly RecordedChange[] {
    return this.#gathered.changes
  }

  /** `s/1 a` of what does not stand. */
  get undone(): string[] {
    return this.changes.filter(({ undone }) => undone).map(({ session, cell, host }) => `${session}/${cell} ${host}`)
  }

  dependents(session: string, cell: number, host = 'a'): string[] {
    const change = this.changes.find(each => each.session === session && each.cell === cell && each.host === host)
    return change ? dependentsOf(change, this.changes).map(each => `${each.session}/${each.cell}`) : ['no such change']
  }

  #cells(hosts: readonly string[], diff: ChangeView['diff']): this {
    const cell = ++this.#cell
    this.#see({ type: 'cell.start', cell, source: 'x', focus: hosts })
    this.#see({ type: 'task.start', task: cell, cell, kind: 'operation', label: `files.put ${diff.subject}`, hosts })
    for (const host of hosts) {
      const change: ChangeView = { summary: diff.subject, diff, commands: [], undoable: true }
      const undo = { operation: 'files.restore', args: {} }
      this.#see({ type: 'change.start', task: cell, host, summary: diff.subject, undo })
      this.#see({ type: 'change.applied', task: cell, host, change, ms: 1 })
    }
    return this
  }

  #see(event: SessionEvent): void {
    const record: SessionRecord = { ...event, at: ++this.#at }
    this.#gathered.see(record)
  }
}

describe('what was taken back', () => {
  test('is known across sessions, for the hosts it was done on', () => {
    const story = new Story().begin('s').change('/a').change('/b').begin('t').undo('s', [1, 2], ['a'])
    expect(story.undone).toEqual(['s/1 a', 's/2 a'])
    expect(story.changes.filter(({ takesBack }) => takesBack).map(({ session, host }) => [session, host])).toEqual([
      ['t', 'a'],
    ])
  })

  test('stands again when the undo is taken back', () => {
    const story = new Story().begin('s').change('/a').undo('s', [1]).undo('s', [2])
    expect(story.undone).toEqual(['s/2 a', 's/2 b'])
  })

  test('in a session of the first release is told by the sources of its cells', async () => {
    const recorded = new URL('../../../test/fixtures/first-release/', import.meta.url).pathname
    const [session = ''] = readdirSync(recorded)
    const { changes, problems } = await readChanges(recorded)
    expect(problems).toEqual([])
    expect(
      changes
        .filter(({ undone }) => undone)
        .map(({ cell, host }) => `${cell} ${host}`)
        .sort(),
    ).toEqual(['12 web-1', '12 web-2', '12 web-3'])
    expect(changes.find(({ cell }) => cell === 13)?.takesBack).toEqual([{ session, cell: 12 }])
    expect(changes.find(({ cell }) => cell === 5)).toMatchObject({
      by: 'unknown',
      operation: 'files.line /etc/ntp.conf',
      outcome: 'applied',
      undo: { operation: 'files.restore' },
    })
  })
})

describe('what depends on a change', () => {
  const packages = (...added: string[]): ChangeView['diff'] => ({
    kind: 'set',
    subject: 'packages',
    added: added.map(name => ({ name })),
    removed: [],
    altered: [],
  })
  const fields = (subject: string, owner?: string): ChangeView['diff'] => ({
    kind: 'fields',
    subject,
    fields: owner ? { owner: { before: null, after: owner } } : {},
  })

  test('is what was done to the same thing since, on the same host, and still stands', () => {
    const story = new Story().begin('s').change('/a', ['a']).change('/a', ['b']).change('/ab').change('/a', ['a'])
    expect(story.dependents('s', 1)).toEqual(['s/4'])
    expect(story.dependents('s', 4)).toEqual([])
    expect(story.undo('s', [4]).dependents('s', 1)).toEqual([])
    expect(story.begin('t').change('/a').dependents('s', 1)).toEqual(['t/1'])
  })

  test('is what is in a directory that it made, of a package that it installed, of a user that it created', () => {
    const story = new Story()
      .begin('s')
      .change('', ['a'], fields('directory /srv/app'))
      .change('/srv/app/deep/file', ['a'])
      .change('', ['a'], packages('nginx', 'htop'))
      .change('', ['a'], packages('jq'))
      .change('/etc/nginx/nginx.conf', ['a'])
      .change('', ['a'], fields('unit nginx.service'))
      .change('', ['a'], fields('user deploy'))
      .change('', ['a'], fields('file /srv/data', 'deploy'))
    expect(story.dependents('s', 1)).toEqual(['s/2'])
    expect(story.dependents('s', 3)).toEqual(['s/5', 's/6'])
    expect(story.dependents('s', 7)).toEqual(['s/8'])
  })
})
