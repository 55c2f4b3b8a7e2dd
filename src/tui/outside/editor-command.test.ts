import { expect, test } from 'vitest'
import { editorCommand, editorOf, type Opening } from './editor-command.js'

const at: Opening = { file: '/a b.ts', line: 3, column: 5 }

test.each<[editor: string, opening: Opening, args: readonly string[]]>([
  ['vi', at, ['+3', '/a b.ts']],
  ['/usr/bin/vim -u NONE', { ...at, readOnly: true }, ['-R', '+3', '/a b.ts']],
  ['nano', { ...at, readOnly: true }, ['-v', '+3,5', '/a b.ts']],
  ['emacsclient -t', at, ['+3:5', '/a b.ts']],
  ['code -n', { ...at, wait: true }, ['--wait', '--goto', '/a b.ts:3:5']],
  ['code', { file: '/a' }, ['/a']],
  ['subl', at, ['/a b.ts:3:5']],
  ['hx', at, ['/a b.ts:3:5']],
  ['mg', at, ['+3', '/a b.ts']],
  ['mg', { file: '/a' }, ['/a']],
])('%s opens %j', (editor, opening, args) => {
  expect(editorCommand(editor, opening)).toEqual(['-c', `${editor} "$@"`, editor, ...args])
})

test('the editor is $VISUAL, else $EDITOR, else vi', () => {
  expect(editorOf({ VISUAL: 'code -w', EDITOR: 'ed' })).toBe('code -w')
  expect(editorOf({ VISUAL: ' ', EDITOR: 'ed' })).toBe('ed')
  expect(editorOf({})).toBe('vi')
})
