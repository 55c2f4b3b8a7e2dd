import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALL_SESSIONS, exportOf, exportPath, recordedRecords } from '../../recorded/library.js'

// test/integration/export records them on real hosts and proves what they make
test.each(Object.keys(ALL_SESSIONS))('%s makes the export that was proven', title => {
  expect(exportOf(title, recordedRecords(title)).source).toBe(readFileSync(exportPath(title), 'utf8'))
})
