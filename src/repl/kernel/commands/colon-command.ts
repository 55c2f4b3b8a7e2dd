import type { Workspace } from '../../workspace.js'
import type { Kernel } from '../kernel.js'
import type { KernelReply } from '../messages.js'
import type { PromptGlobals } from '../prompt-globals.js'
import type { SessionLog } from '../session-log.js'

/** What a colon command works on. */
export interface CommandContext {
  readonly kernel: Kernel
  readonly workspace: Workspace
  readonly globals: PromptGlobals
  readonly log: SessionLog
  /** It was written with a `!`: what it would destroy may go. */
  readonly sure: boolean
}

export interface ColonCommand {
  /** What follows the name: `[PATTERN]`. */
  readonly usage: string
  readonly summary: string
  /** It may destroy something, and then refuses unless it is written with a `!`. */
  readonly destroys?: true
  run(argument: string, context: CommandContext): Promise<KernelReply>
}

/** Colon commands by name. */
export type ColonCommands = Readonly<Record<string, ColonCommand>>

/** What a command says. */
export const text = (value: string): KernelReply => ({ kind: 'text', text: value })
