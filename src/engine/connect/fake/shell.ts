import { constants } from 'node:os'
import { StringDecoder } from 'node:string_decoder'
import type { Command } from '../../shell/frame.js'
import { endMarker, startMarker } from '../../shell/frame.js'
import { type ReadFrame, readFrame } from '../../shell/read-frame.js'
import type { FakeAnswer } from './host.js'
import type { FakeProcess } from './process.js'
import { stdinOf } from './stdin.js'

type Run = (command: Command, stdin: () => Promise<Buffer>) => Promise<FakeAnswer>

/** Makes a process a `sh` that muster holds: it greets, then reads frames and answers each, in order. */
export function serveShell(
  process: FakeProcess,
  { hello, pid }: { readonly hello: string; readonly pid: number },
  run: Run,
): void {
  const decoder = new StringDecoder('utf8')
  let text = ''
  let busy = false
  let atEnd = false
  const serve = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (;;) {
      const frame = process.over ? undefined : readFrame(text)
      if (!frame) break
      text = frame.rest
      if (frame.command.stdin) return await serveLast(process, frame, run)
      end(process, frame, await run(frame.command, async () => Buffer.alloc(0)))
    }
    busy = false
    if (atEnd) process.end({ code: 0 })
  }
  process.onStdin = chunk => {
    if (chunk) text += decoder.write(chunk)
    else atEnd = true
    void serve()
  }
  process.say('stdout', `${hello} ${pid}\n`)
  process.say('stderr', `${hello}\n`)
}

/** A frame that reads the shell's own stdin, after it has said so; what comes from there on is no frame. */
async function serveLast(process: FakeProcess, frame: ReadFrame, run: Run): Promise<void> {
  const stdin = stdinOf(process)
  process.say('stdout', `${startMarker(frame.nonce, frame.n).toString('latin1')}\n`)
  const answer = await run(frame.command, stdin)
  if (!frame.last) end(process, frame, answer)
  process.end({ code: statusOf(answer) })
}

function end(process: FakeProcess, { nonce, n }: ReadFrame, answer: FakeAnswer): void {
  const marker = endMarker(nonce, n).toString('latin1')
  process.say('stdout', `${marker}${statusOf(answer)}\n`)
  process.say('stderr', `${marker}\n`)
}

/** As a shell counts: killed by a signal is 128 and its number. */
function statusOf({ exitCode = 0, signal }: FakeAnswer): number {
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1]
  return number === undefined ? exitCode : 128 + number
}
