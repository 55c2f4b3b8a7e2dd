#!/usr/bin/env node

// before anything else is loaded, so that the stack of an error names the lines of muster's source
if (process.env.MUSTER_DEBUG) process.setSourceMapsEnabled(true)

// a reader that has seen enough (head, less) closes the pipe: that is no error
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  const { runProgram } = await import('./program.js')
  process.exitCode = await runProgram(process.argv.slice(2))
} catch (error) {
  const [{ UsageError }, { placedMessage }, { sanitise }, { Redactor }] = await Promise.all([
    import('../engine/errors.js'),
    import('../engine/modules/placed-message.js'),
    import('../engine/text/sanitise.js'),
    import('../engine/redact.js'),
  ])
  process.exitCode = error instanceof UsageError ? 2 : 1
  const stack = process.env.MUSTER_DEBUG && error instanceof Error ? error.stack : undefined
  process.stderr.write(`muster: ${sanitise(new Redactor().text(stack ?? placedMessage(error)))}\n`)
}
// held shells and keepalives must not outlive the command
process.exit()
