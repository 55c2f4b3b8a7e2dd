import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSession } from '../../../src/repl/session.js'
import { foundItems, historyFinder } from '../../../src/tui/state/finder.js'

/** Sessions of two people in one folder, each with a kernel of its own. */
test('what was typed in sessions that run at once is in the history of all, with hosts and outcome, secrets marked', {
  timeout: 120_000,
}, async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'muster-inputs-')))
  mkdirSync(join(directory, 'history'))
  const inventory = { hosts: { 'web-[1-3]': {}, 'db-1': {} }, connect: { connector: 'local' as const } }
  const options = { inventory, directory, colors: false, connect: false, checkTypes: false }
  const sessions = await Promise.all([openSession(options), openSession(options)])
  const [one, two] = sessions
  try {
    await Promise.all([
      ...Array.from({ length: 20 }, (_, at) => one.run(`'one ${at}'`)),
      ...Array.from({ length: 20 }, (_, at) => two.run(`'two ${at}'`)),
    ])
    await one.command('focus web-[1-2]')
    await one.run('$`exit 3`')
    await one.run("await match('db-1').$`exit 4`")
    await two.run("const login = { password: 'hunter2-hunter2' }")
    const inputs = await two.history()
    const texts = inputs.map(({ text }) => text)
    for (const who of ['one', 'two']) for (let at = 0; at < 20; at++) expect(texts).toContain(`'${who} ${at}'`)
    expect(texts).toContain("const login = { password: '‹redacted›' }")
    expect(readFileSync(join(directory, 'history', 'inputs.jsonl'), 'utf8')).not.toContain('hunter2')
    expect(new Set(inputs.map(({ session }) => session)).size).toBe(2)

    // as ^R filters them
    const { items } = historyFinder(inputs, Date.now(), '')
    const found = (query: string) => foundItems({ query, items }).map(({ name }) => name)
    expect(found('host:web-2 is:failed')).toEqual(['$`exit 3`'])
    expect(found('host:web-3')).toEqual([])
    // by the hosts that were asked, not by the focus
    expect(found('host:db-1')).toEqual(["await match('db-1').$`exit 4`"])
    // of two that began in the same minute one has the name of the other, and a number behind it
    const [session = ''] = inputs.map(input => input.session).sort((a, b) => b.length - a.length)
    const typed = found(`session:${session} is:ok`).filter(text => /^'(?:one|two) \d+'$/.test(text))
    expect(typed).toHaveLength(20)
    expect(new Set(typed.map(text => text.slice(1, 4))).size).toBe(1)
  } finally {
    await Promise.all(sessions.map(each => each.close()))
    rmSync(directory, { recursive: true })
  }
})
