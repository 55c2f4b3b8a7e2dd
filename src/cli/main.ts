#!/usr/bin/env node
import { UsageError } from '../engine/errors.js'
import { runProgram } from './program.js'

// a reader that has seen enough (head, less) closes the pipe: that is no error
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  process.exitCode = await runProgram(process.argv.slice(2))
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : 1
  const [{ placedMessage }, { sanitise }, { Redactor }] = await Promise.all([
    import('../engine/modules/placed-message.js'),
    import('../engine/text/sanitise.js'),
    import('../engine/redact.js'),
  ])
  const stack = process.env.MUSTER_DEBUG && error instanceof Error ? error.stack : undefined
  process.stderr.write(`muster: ${sanitise(new Redactor().text(stack ?? placedMessage(error)))}\n`)
}
// held shells and keepalives must not outlive the command
process.exit()
