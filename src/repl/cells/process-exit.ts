import { MusterError } from '../../engine/errors.js'
import { currentCell } from './context.js'

/** Refuses `process.exit()` to cells: it would take the session with it. Returns what undoes that. */
export function keepProcess(): () => void {
  const original = process.exit
  process.exit = (code?: string | number | null): never => {
    if (currentCell()) throw new MusterError('process.exit() would end the session; :quit does that.')
    return original(code)
  }
  return () => {
    process.exit = original
  }
}
