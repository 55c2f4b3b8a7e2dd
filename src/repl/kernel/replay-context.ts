import type { SessionEvent } from '../protocol.js'
import type { ReplayContext } from '../replay/commands.js'
import type { PromptGlobals } from './prompt-globals.js'

/** What the commands of a replay work on. */
export function replayContext({
  globals,
  emit,
  ...rest
}: Pick<ReplayContext, 'replay' | 'hosts' | 'signal' | 'show'> & {
  readonly globals: PromptGlobals
  readonly emit: (event: SessionEvent) => void
}): ReplayContext {
  return {
    ...rest,
    hide: cells => emit({ type: 'replay.back', cells }),
    focus: pattern => {
      globals.setFocus(pattern)
      emit({ type: 'session.focus', pattern: globals.pattern, hosts: globals.focus })
    },
  }
}
