import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { ServerChannel } from 'ssh2'

/**
 * Joins a command to its channel: bytes both ways, stderr apart, then exit status or signal. As under sshd the status goes
 * out when the command ends, and the channel closes when nothing holds its output open any more.
 */
export function connectPipes(channel: ServerChannel, command: ChildProcessWithoutNullStreams): void {
  channel.pipe(command.stdin)
  command.stdout.pipe(channel, { end: false })
  command.stderr.pipe(channel.stderr, { end: false })
  command.once('exit', (code, signal) => {
    if (signal === null) channel.exit(code ?? 255)
    else channel.exit(signal.replace(/^SIG/, ''), false, '')
  })
  command.once('close', () => channel.end())
  command.once('error', error => {
    channel.stderr.write(`${error.message}\n`)
    channel.exit(127)
    channel.end()
  })
  // A command may end, or close its stdin, before it has read all that the client sent.
  command.stdin.on('error', () => undefined)
  channel.on('error', () => undefined)
  channel.once('close', () => {
    for (const pipe of [command.stdin, command.stdout, command.stderr]) pipe.destroy()
  })
}
