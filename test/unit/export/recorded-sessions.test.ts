import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exportOf, exportPath, recordedRecords } from '../../recorded/library.js'
import { SESSIONS } from '../../recorded/sessions.js'

// test/integration/export records them on real hosts and proves what they make
test.each(Object.keys(SESSIONS))('%s makes the export that was proven', title => {
  expect(exportOf(title, recordedRecords(title)).source).toBe(readFileSync(exportPath(title), 'utf8'))
})
