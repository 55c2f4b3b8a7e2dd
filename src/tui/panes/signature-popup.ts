import type { SignatureView } from '../../repl/protocol.js'
import { codeLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import { wrap } from '../document/wrap.js'
import { pad, truncate, widthOf } from '../text/width.js'
import type { Popup } from './completion-popup.js'

/** Rows that a long signature may take. */
const MOST = 3
const WIDEST = 100

/** The call around the cursor in a border: its argument at the cursor stands out, and what is known of both is below. */
export function signaturePopup(signature: SignatureView, cols: number, theme: Theme): Popup {
  const { before, active, after, argument, documentation } = signature
  const room = Math.min(WIDEST, cols - 6)
  const call = wrap(oneLine(before) + theme.strong(theme.accent(oneLine(active))) + oneLine(after), room)
  const about = [argument, documentation].flatMap(text =>
    text === undefined || text === '' ? [] : [theme.faint(truncate(oneLine(text), room, '…'))],
  )
  const rows = [...call.slice(0, MOST), ...about]
  const across = Math.max(...rows.map(widthOf)) + 2
  const edge = '─'.repeat(across)
  return {
    width: across + 2,
    rows: [`╭${edge}╮`, ...rows.map(row => `│ ${pad(row, across - 2)} │`), `╰${edge}╯`],
  }
}

const oneLine = (text: string): string => codeLine(text).replace(/\s+/g, ' ')
