import { UsageError } from '../../engine/errors.js'
import { placedMessage } from '../../engine/modules/placed-message.js'
import { Redactor } from '../../engine/redact.js'
import { createInterrupter } from '../cells/interrupter.js'
import { AttachedShells } from './attached-shells.js'
import { Kernel } from './kernel.js'
import {
  type FromKernel,
  INTERRUPT_FD,
  type KernelCall,
  type KernelNotice,
  type KernelValue,
  type ToKernel,
} from './messages.js'

/** The kernel process: a Kernel behind the message protocol. It ends when its front end is gone. */

const send = (message: FromKernel): void => {
  if (process.connected) process.send?.(message)
}

let waiting: Extract<FromKernel, { type: 'records' }>['records'][number][] = []
const flush = (): void => {
  const records = waiting
  waiting = []
  if (records.length > 0) send({ type: 'records', records })
}

const interrupter = createInterrupter({ fd: INTERRUPT_FD, onInterrupt: () => kernel.interrupt() })
const kernel = new Kernel(record => {
  if (waiting.length === 0) setImmediate(flush)
  waiting.push(record)
}, interrupter)

const shells = new AttachedShells(send)

async function answer(call: KernelCall): Promise<KernelValue> {
  switch (call.type) {
    case 'open':
      return kernel.open(call.options)
    case 'run':
      return kernel.run(call.source, call.problems, call.notebookCell)
    case 'command':
      return kernel.command(call.line)
    case 'facts':
      return kernel.facts(call.host, call.afresh)
    case 'completeCommand':
      return kernel.completeCommand(call.typed)
    case 'completeArgument':
      return kernel.completeArgument(call.argument)
    case 'history':
      return kernel.history()
    case 'notRun':
      return kernel.notebook?.notRun(call.names) ?? {}
    case 'attach':
      return shells.add(await kernel.attach(call.host, call.terminal))
    case 'replay':
      return kernel.replay(call.cells)
    case 'ping':
      return undefined
    case 'close':
      shells.close()
      await kernel.close()
      return undefined
  }
}

function notice(message: KernelNotice): void {
  switch (message.type) {
    case 'decide':
      kernel.people.decide(message.approval, message.decision)
      break
    case 'answer':
      kernel.people.answer(message.question, message.answer)
      break
    case 'select':
      kernel.select(message.hosts)
      break
    case 'arrange':
      kernel.emit({ type: 'session.arranged', cells: message.cells })
      break
    default:
      shells.take(message)
  }
}

process.on('message', (message: ToKernel) => {
  if (!('id' in message)) {
    notice(message)
    return
  }
  const { id } = message
  answer(message).then(
    value => {
      flush()
      send({ type: 'reply', id, value })
      if (message.type === 'close') process.disconnect()
    },
    (error: unknown) => {
      flush()
      send({
        type: 'refusal',
        id,
        usage: error instanceof UsageError,
        message: new Redactor().text(placedMessage(error)),
      })
    },
  )
})

// Ctrl-C and the end of a terminal reach the whole foreground process group: the front end decides what they mean
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
process.on('disconnect', () => {
  void kernel.close().finally(() => process.exit(0))
  setTimeout(() => process.exit(0), 5000).unref()
})
