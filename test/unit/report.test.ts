import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readWhole } from '../../src/journal/read.js'
import type { SessionRecord } from '../../src/repl/protocol.js'
import { htmlReport } from '../../src/repl/report/html.js'
import { notebookReport } from '../../src/repl/report/ipynb.js'
import { markdownReport } from '../../src/repl/report/markdown.js'
import { type SessionReport, sessionReport } from '../../src/repl/report/session-report.js'
import { reportText } from '../../src/repl/report/write-report.js'
import { openPage, type Page } from '../browser/page.js'

/** What a hostile host or a careless person may say. */
const HOSTILE =
  '</pre><script>document.title="owned"</script><img src=x onerror=alert(1)>`````\n| a | b |\n\u001b[31mred'

let report: SessionReport
beforeAll(async () => {
  const folder = new URL('../fixtures/first-release/', import.meta.url)
  const [session = ''] = readdirSync(folder)
  const { records, problems } = await readWhole(new URL(session, folder).pathname)
  const recorded = sessionReport(session, records as readonly SessionRecord[], problems)
  const [first] = recorded.cells
  if (!first) throw new Error('the recorded session has no cells')
  const hostile = { ...first, number: 99, source: HOSTILE, changes: [] }
  report = {
    ...recorded,
    cells: [
      ...recorded.cells,
      {
        ...hostile,
        console: [{ stream: 'out', text: HOSTILE }],
        end: { kind: 'ok', value: { kind: 'text', text: HOSTILE } },
      },
      {
        ...hostile,
        number: 100,
        end: { kind: 'ok', value: { kind: 'table', columns: ['a', HOSTILE], rows: [[HOSTILE, 'x']] } },
      },
    ],
  }
})

test('Markdown tells cells, answers and diffs, and takes nothing that was said for markup', () => {
  const text = markdownReport(report)
  expect(text).toContain('# Session 2026-11-28-0315\n')
  expect(text).toContain('## [5] changed\n')
  expect(text).toContain('**db-1,edge-1,web-\\[1,3\\] (4)**: edit /etc/ntp.conf\n\n```diff\n@@ -1,4 +1,4 @@\n')
  expect(text).toContain('\n-server ntp.demo.example iburst\n+server new.demo.example iburst\n')
  expect(text).toContain('## [12] changed, taken back\n')
  expect(text).toContain('``````\n</pre><script>')
  expect(text).not.toContain('\u001b')
})

const python = ['python3', '/usr/bin/python3'].find(each => spawnSync(each, ['-c', 'import nbformat']).status === 0)
const noPython = python === undefined ? ' (skipped: there is no nbformat here: apt-get install python3-nbformat)' : ''

test.skipIf(python === undefined && !process.env.MUSTER_CI)(
  `ipynb is read and found valid by Jupyter's own nbformat, with its outputs${noPython}`,
  () => {
    const script =
      'import json, sys, nbformat; notebook = nbformat.reads(sys.stdin.read(), as_version=4); nbformat.validate(notebook); print(json.dumps(notebook))'
    const { stdout, stderr, status } = spawnSync(python ?? 'python3', ['-c', script], {
      input: notebookReport(report),
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { nbformat, nbformat_minor: minor, cells } = JSON.parse(stdout)
    expect([nbformat, minor, cells.length]).toEqual([4, 5, report.cells.length + 1])
    const kinds = cells.flatMap(({ outputs = [] }) =>
      outputs.map(({ output_type: type }: { output_type: string }) => type),
    )
    expect([...new Set(kinds)].sort()).toEqual(['error', 'execute_result', 'stream'])
    expect(cells.at(-1).outputs.at(-1).data['text/plain']).toContain('<img src=x')
  },
)

test('JSON is the session as data', () => {
  expect(JSON.parse(reportText(report, 'json'))).toEqual(JSON.parse(JSON.stringify(report)))
})

const hasChromium = spawnSync('chromium', ['--version']).status === 0
const reason = hasChromium ? '' : ' (skipped: there is no chromium here)'

describe.skipIf(!hasChromium && !process.env.MUSTER_CI)(`the HTML page in Chromium${reason}`, () => {
  let page: Page
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-report-'))
    writeFileSync(join(folder, 'report.html'), htmlReport(report))
    page = await openPage(pathToFileURL(join(folder, 'report.html')).href)
  })
  afterAll(async () => {
    await page?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const shownCells = 'document.querySelectorAll("article:not([hidden])").length'
  const focused = 'document.activeElement.id'

  test('works from a file, without a fault, and runs no script but its own', async () => {
    expect(page.faults).toEqual([])
    expect(await page.evaluate('document.title')).toBe('Session 2026-11-28-0315')
    expect(
      await page.evaluate(
        'document.querySelectorAll("script").length + document.querySelectorAll("img,link,iframe").length',
      ),
    ).toBe(1)
    expect(await page.evaluate(shownCells)).toBe(report.cells.length)
    expect(await page.evaluate('document.querySelector("#cell-99 .source").textContent')).toContain(
      '<script>document.title',
    )
    // what is not its own is refused
    await page.evaluate(
      'document.body.append(Object.assign(document.createElement("script"), { textContent: "window.owned = 1" }))',
    )
    expect(await page.evaluate('window.owned')).toBeUndefined()
  })

  test('folds long answers and shows diffs; filter, timeline and keys do what they say', async () => {
    expect(await page.evaluate('document.querySelector("#cell-4 details").open')).toBe(false)
    expect(await page.evaluate('document.querySelector("#cell-5 .diff .a").textContent')).toBe(
      '+ server new.demo.example iburst',
    )
    await page.press('/')
    expect(await page.evaluate(focused)).toBe('filter')
    for (const key of 'is:failed') await page.press(key)
    expect(await page.evaluate('document.querySelector(".count").textContent')).toMatch(/^\d of \d\d cells$/)
    expect(
      await page.evaluate(
        '[...document.querySelectorAll("article:not([hidden])")].map(each => each.dataset.outcome).join()',
      ),
    ).toBe('failed,failed')
    expect(await page.evaluate('document.querySelectorAll("nav li:not([hidden])").length')).toBe(2)
    await page.press('Enter')
    expect(await page.evaluate(focused)).toBe('cell-6')
    await page.press('j')
    expect(await page.evaluate(focused)).toBe('cell-8')
    await page.press('k')
    await page.press('/')
    await page.press('Escape')
    await page.press('Escape')
    expect(await page.evaluate(shownCells)).toBe(report.cells.length)
    await page.press('e')
    expect(await page.evaluate('document.querySelectorAll("details:not([open])").length')).toBe(0)
    await page.press('c')
    expect(await page.evaluate('document.querySelectorAll("details[open]").length')).toBe(0)
    await page.evaluate('document.querySelector("#cell-5").focus()')
    await page.press('Enter')
    expect(await page.evaluate('document.querySelectorAll("#cell-5 details[open]").length')).toBe(2)
  })

  test('is light or dark as the reader has it, and by a key', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor'
    await page.show(1200, 'screen', 'light')
    expect(await page.evaluate(background)).toBe('rgb(255, 255, 255)')
    await page.show(1200, 'screen', 'dark')
    expect(await page.evaluate(background)).toBe('rgb(18, 22, 27)')
    await page.evaluate('document.activeElement.blur()')
    await page.press('t')
    expect(await page.evaluate(background)).toBe('rgb(255, 255, 255)')
  })

  test('fits a narrow screen and paper, where nothing is folded away', async () => {
    for (const width of [320, 380, 1200]) {
      await page.show(width)
      expect(await page.evaluate('document.documentElement.scrollWidth'), `${width} pixels`).toBeLessThanOrEqual(width)
    }
    await page.show(800, 'print')
    await page.evaluate('dispatchEvent(new Event("beforeprint"))')
    expect(await page.evaluate('document.querySelectorAll("details:not([open])").length')).toBe(0)
    expect(await page.evaluate('getComputedStyle(document.querySelector(".tools")).display')).toBe('none')
    expect(await page.evaluate('getComputedStyle(document.querySelector("pre")).maxHeight')).toBe('none')
  })
})
