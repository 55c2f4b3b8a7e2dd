import { expect, test } from 'vitest'
import * as facts from '../facts/index.js'
import * as operations from '../operations/index.js'
import { argumentKind } from './argument-kind.js'

test.each([
  [operations.systemd.service.args, 'service', 'unit'],
  [operations.systemd.service.args, 'running', undefined],
  [operations.systemd.service.args, 'nothing', undefined],
  [operations.apt.packages.args, 'packages', 'package'],
  [operations.server.user.args, 'user', 'user'],
  [operations.server.user.args, 'group', 'group'],
  [operations.server.user.args, 'groups', 'group'],
  [operations.server.user.args, 'home', 'remote path'],
  [operations.files.line.args, 'path', 'remote path'],
  [operations.files.put.args, 'src', 'local path'],
  [operations.files.template.args, 'dest', 'remote path'],
  [facts.files.file.args, 'path', 'remote path'],
  [facts.server.os.args, 'path', undefined],
])('an argument tells what it names', (schema, key, kind) => {
  expect(argumentKind(schema, key)).toBe(kind)
})
