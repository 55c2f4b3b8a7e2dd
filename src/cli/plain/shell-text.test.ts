import { expect, test } from 'vitest'
import { ShellText } from './shell-text.js'

/** A shell that says something after each line that is typed. */
function shell(...said: readonly string[]) {
  const text = new ShellText()
  for (const chunk of said) text.take(Buffer.from(chunk))
  return text
}

test('echo and prompts are left out, whatever pieces they come in', () => {
  const text = shell('Welcome\r\nroot@h1', ':~# ')
  expect(text.isAtPrompt).toBe(true)
  expect(text.news()).toEqual({ lines: ['Welcome'], question: '' })
  text.typed('echo one; echo two')
  for (const chunk of ['echo one;', ' echo two', '\r\non', 'e\r\ntwo\r\n']) text.take(Buffer.from(chunk))
  expect(text.isAtPrompt).toBe(false)
  expect(text.news()).toEqual({ lines: ['one', 'two'], question: '' })
  text.take(Buffer.from('root@h1:/etc# '))
  expect(text.isAtPrompt).toBe(true)
  expect(text.news()).toEqual({ lines: [], question: '' })
  text.typed('')
  text.take(Buffer.from('\r\nroot@h1:/etc# '))
  expect(text.news()).toEqual({ lines: [], question: '' })
})

test('a prompt is an answer once what was typed has been read', () => {
  const text = shell('root@h1:~# ')
  expect(text.hasAnswered).toBe(true)
  text.typed('hostname')
  expect([text.isAtPrompt, text.hasAnswered]).toEqual([true, false])
  text.take(Buffer.from('hostname\r\nh1\r\nroot@h1:~# '))
  expect(text.hasAnswered).toBe(true)
  text.typed('^C')
  text.take(Buffer.from('^C\r\nroot@h1:~# '))
  expect(text.hasAnswered).toBe(true)
})

test('a question of a program is told once, with its answer it is done', () => {
  const text = shell('$ ')
  text.typed('passwd')
  text.take(Buffer.from('passwd\r\nNew password: '))
  expect(text.news()).toEqual({ lines: [], question: 'New password:' })
  expect(text.news()).toEqual({ lines: [], question: '' })
  text.typed('secret')
  text.take(Buffer.from('\r\nRetype new password: '))
  expect(text.news()).toEqual({ lines: [], question: 'Retype new password:' })
})

test('a long line that the shell draws anew is its echo too; what is written over is gone; nothing moves the terminal', () => {
  const text = shell('\x1b[?2004hdeploy@h1:~$ ')
  text.typed(`echo ${'x'.repeat(200)}`)
  text.take(Buffer.from('echo xxxx\rdeploy@h1:~$ <xxxxxxx\r\n10%\r50%\r100%\r\n\x1b[2J\x1b[31mred\x1b[m\r\n'))
  expect(text.news().lines).toEqual(['100%', 'red'])
})

test('what is typed ahead is told apart from answers, however often it is drawn', () => {
  const text = shell('root@h1:~# ')
  text.typed('sleep 100')
  text.take(Buffer.from('sleep 100\r\n'))
  text.typed('^C')
  text.typed('echo "was $?"')
  for (const chunk of ['^Cecho "was $?"\r\n', '\r\nroot@h1:~# echo "was $?"\r\nwas 130\r\nroot@h1:~# '])
    text.take(Buffer.from(chunk))
  expect(text.news()).toEqual({ lines: ['was 130'], question: '' })
  text.typed('cat')
  text.take(Buffer.from('cat\r\n'))
  text.typed('hello')
  text.take(Buffer.from('hello\r\nhello\r\n'))
  expect(text.news().lines).toEqual(['hello'])
})

test('of what is too much the end is kept', () => {
  const text = shell('$ ', Array.from({ length: 5000 }, (_, row) => `${row}\r\n`).join(''))
  const { lines } = text.news()
  expect([lines[0], lines.at(-1), lines.length]).toEqual(['… 3000 lines left out', '4999', 2001])
})
