import type { Readable, Writable } from 'node:stream'
import type { Channel, ChannelExit, TerminalSize } from '../connect/connector.js'
import { type AttachedInput, type AttachedOutput, attachTerminal } from './attach-terminal.js'

/** The script that becomes the login shell of whoever runs it (sudo, su and doas set SHELL to the target's). */
export const LOGIN_SHELL = `exec "\${SHELL:-/bin/sh}" -l`

/**
 * A login shell on a host, on a terminal of its own there.
 *
 * @example
 * const shell = await host.shell({ sudo: true })
 * const { code } = await shell.attach(process.stdin, process.stdout)
 */
export class InteractiveShell {
  /** What is written here is typed on the terminal. */
  readonly stdin: Writable
  /** What the terminal shows, control sequences and all; paused until somebody reads it. */
  readonly stdout: Readable
  /** How the shell ended. @throws {InterruptedError} when the connection was lost. */
  readonly exit: Promise<ChannelExit>
  readonly #channel: Channel

  /** @internal */
  constructor(channel: Channel, exit: Promise<ChannelExit>) {
    this.#channel = channel
    this.stdin = channel.stdin
    this.stdout = channel.stdout
    this.exit = exit
    // A caller that never asks how it ended must not be told by a crash.
    exit.catch(() => {})
  }

  /** Tells the shell that its window has another size. */
  resize(size: TerminalSize): void {
    this.#channel.resize?.(size)
  }

  /**
   * Joins the shell to a terminal of this machine until it ends: raw mode, so that every key goes to the host (Ctrl-C too), and the
   * window's size, now and whenever it changes. `Enter ~ .` gives up, as in ssh(1). However it ends, the terminal is as it was.
   *
   * @throws {UsageError} when input or output is no terminal
   * @throws {InterruptedError} when the connection was lost
   */
  attach(input: AttachedInput, output: AttachedOutput): Promise<ChannelExit> {
    return attachTerminal(this, input, output)
  }

  /** Hangs up on the shell and what runs in it. */
  close(): void {
    this.#channel.close()
  }
}
