import type { Context } from '../../repl/keys/bindings.js'
import type { View } from './view.js'

/** Where the person is, as keys mean something there. */
export function placeOf({ active, cells, side, finder, hosts, prompt, shells }: View): Context {
  if (shells) return 'shells'
  if (finder) return 'finder'
  if (active === 'prompt' && prompt.completion) return 'completion'
  if (active === 'cells' && cells.search?.typing) return 'search'
  return (active === 'hosts' && hosts.filtering) || (active === 'side' && side.filtering) ? 'filter' : active
}
