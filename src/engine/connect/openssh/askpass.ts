import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { quote } from '../../shell/quote.js'

/** The program that `ssh` runs to ask: hands the question to us over a socket that only this user can reach, prints the answer. */
const PROGRAM = `
const [path, prompt, kind] = process.argv.slice(1)
const socket = require('node:net').connect(path)
let answer = ''
socket.on('error', () => process.exit(1))
socket.on('data', chunk => { answer += chunk })
socket.on('end', () => {
  if (!answer.startsWith('=')) process.exit(1)
  process.stdout.write(answer.slice(1) + '\\n')
})
socket.end(JSON.stringify({ prompt, kind }))
`

/** Answers a question of ssh's; `undefined` refuses. */
export type AnswerPrompt = (prompt: string) => Promise<string | undefined>

/** The other end of `SSH_ASKPASS` (ssh(1)) for one `ssh` that is connecting. */
export interface Askpass {
  /** The variables that make `ssh` ask us, terminal or not. */
  readonly env: Readonly<Record<string, string>>
  close(): void
}

/**
 * Sets up the program and the socket behind it.
 * @param folder a private folder, for both.
 * @param notice told what nobody needs to answer: a security key wants to be touched.
 */
export async function listenForPrompts(
  folder: string,
  answer: AnswerPrompt,
  notice: (text: string) => void,
): Promise<Askpass> {
  const program = join(folder, 'askpass')
  const path = join(folder, 'ask')
  const command = [process.execPath, '-e', PROGRAM, path].map(quote).join(' ')
  // What is set for muster's own node (a loader, a debugger) is none of this one's business.
  await writeFile(program, `#!/bin/sh\nunset NODE_OPTIONS\nexec ${command} "$1" "$SSH_ASKPASS_PROMPT"\n`)
  await chmod(program, 0o700)
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {})
    hear(socket, answer, notice).catch(() => socket.destroy())
  })
  await listening(server, path)
  return { env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' }, close: () => server.close() }
}

async function hear(socket: Socket, answer: AnswerPrompt, notice: (text: string) => void): Promise<void> {
  let heard = ''
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('utf8')
  })
  await once(socket, 'end')
  const question: unknown = JSON.parse(heard)
  if (typeof question !== 'object' || question === null || !('prompt' in question)) return
  const prompt = String(question.prompt)
  // ssh ends the program itself once what it gives notice of has happened.
  if ('kind' in question && question.kind === 'none') notice(prompt)
  else {
    const said = await answer(prompt)
    socket.end(said === undefined ? '' : `=${said}`)
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}
