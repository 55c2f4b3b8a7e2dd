import { Box } from 'ink'
import { memo, type ReactElement } from 'react'
import type { Theme } from '../document/theme.js'
import { Rows } from '../screen/rows.js'
import { layoutOf } from '../state/geometry.js'
import { running } from '../state/notebook.js'
import { problemsInHelp } from '../state/problems.js'
import type { ShellsView } from '../state/shells.js'
import type { View } from '../state/view.js'
import type { Area } from './area.js'
import { cellsPane } from './cells-pane.js'
import { completionPopup, type Popup as PopupRows } from './completion-popup.js'
import { finderPopup } from './finder-popup.js'
import { footer } from './footer.js'
import { hostsPane } from './hosts-pane.js'
import { fits, LEAST } from './layout.js'
import { cornerOf } from './popup-corner.js'
import { promptPane } from './prompt-pane.js'
import { shellsPane } from './shells-pane.js'
import type { SideInput } from './side/side-input.js'
import { sidePane } from './side-pane.js'
import { signaturePopup } from './signature-popup.js'
import { statusLine } from './status-line.js'

interface Drawn extends Area {
  readonly theme: Theme
}

/** The whole screen. Each pane is drawn anew only when something it shows has changed. */
export function ScreenTree({ view, theme }: { readonly view: View; readonly theme: Theme }): ReactElement {
  const { size, hosts, notebook, cells, side, approvals, active, session, now, keymap } = view
  if (!fits(size, LEAST)) return <TooSmall view={view} />
  if (view.shells) return <ShellsScreen view={view} shells={view.shells} theme={theme} />
  const layout = layoutOf(view)
  const { width } = layout
  const draft = promptPane(view, layout.promptRows, theme)
  const popup = popupOf(view, width, theme)
  const second = now - (now % 1000)
  return (
    <Box flexDirection="column" width={width} height={size.rows}>
      <Status view={view} theme={theme} />
      <Box>
        {layout.hosts && (
          <HostsPane
            {...layout.hosts}
            hosts={hosts}
            focus={session.focus.hosts}
            active={active === 'hosts'}
            keymap={keymap}
            theme={theme}
          />
        )}
        {!layout.cellsHidden && (
          <CellsPane
            {...layout.cells}
            notebook={notebook}
            cells={cells}
            approvals={approvals}
            active={active}
            session={session}
            keymap={keymap}
            now={running(notebook) ? now : 0}
            theme={theme}
          />
        )}
        {layout.side && (
          <SidePane
            {...layout.side}
            side={side}
            cells={cells}
            notebook={notebook}
            active={active}
            problems={problemsInHelp(view)}
            host={side.host === undefined ? undefined : hosts.entries.get(side.host)}
            latencies={side.host === undefined ? undefined : hosts.latencies.get(side.host)}
            now={second}
            keymap={keymap}
            theme={theme}
          />
        )}
      </Box>
      <Rows width={width} height={layout.promptRows} rows={draft.rows} cursor={draft.cursor} />
      <Rows width={width} height={1} rows={[footer(view, theme)]} />
      {view.finder && (
        <Popup {...finderPopup(view.finder, size, theme)} x={0} bottom={1 + layout.cells.height} cols={width} />
      )}
      {popup && !view.finder && active === 'prompt' && draft.cursor && (
        <Popup {...popup} x={draft.cursor.x} bottom={1 + layout.cells.height + draft.cursor.y} cols={width} />
      )}
    </Box>
  )
}

/** What floats above the cursor: completions, else the call that is being written. */
function popupOf({ prompt }: View, width: number, theme: Theme): PopupRows | undefined {
  if (prompt.completion) return completionPopup(prompt.completion, width, theme)
  return prompt.assist?.signature && prompt.problems.length === 0
    ? signaturePopup(prompt.assist.signature, width, theme)
    : undefined
}

function ShellsScreen({
  view,
  shells,
  theme,
}: {
  readonly view: View
  readonly shells: ShellsView
  readonly theme: Theme
}): ReactElement {
  const { size } = view
  const { rows, cursor } = shellsPane(view, shells, theme)
  return (
    <Box flexDirection="column" width={size.cols} height={size.rows}>
      <Rows width={size.cols} height={size.rows - 1} rows={rows} cursor={cursor} />
      <Rows width={size.cols} height={1} rows={[footer(view, theme)]} />
    </Box>
  )
}

function TooSmall({ view: { size } }: { readonly view: View }): ReactElement {
  const text = `muster needs ${LEAST.cols}×${LEAST.rows}, this is ${size.cols}×${size.rows}`
  return (
    <Box width={size.cols} height={size.rows}>
      <Rows width={size.cols} height={1} rows={[text]} />
    </Box>
  )
}

function Status({ view, theme }: { readonly view: View; readonly theme: Theme }): ReactElement {
  return <Rows width={view.size.cols} height={1} rows={[statusLine(view, theme)]} />
}

const HostsPane = memo(function HostsPane({
  width,
  height,
  theme,
  ...props
}: Drawn &
  Pick<View, 'hosts' | 'keymap'> & { readonly focus: readonly string[]; readonly active: boolean }): ReactElement {
  return <Rows width={width} height={height} rows={hostsPane({ ...props, theme }, { width, height })} />
})

const CellsPane = memo(function CellsPane({
  width,
  height,
  theme,
  ...props
}: Drawn & Parameters<typeof cellsPane>[0]): ReactElement {
  return <Rows width={width} height={height} rows={cellsPane(props, { width, height }, theme)} />
})

const SidePane = memo(function SidePane({ width, height, theme, ...props }: Drawn & SideInput): ReactElement {
  return <Rows width={width} height={height} rows={sidePane(props, { width, height }, theme)} />
})

interface PopupProps {
  readonly width: number
  readonly rows: readonly string[]
  /** Column of the cursor it belongs to. */
  readonly x: number
  /** Row of the cursor: the list ends above it. */
  readonly bottom: number
  readonly cols: number
}

function Popup({ width, rows, x, bottom, cols }: PopupProps): ReactElement {
  const { top, left } = cornerOf({ width, height: rows.length }, { x, y: bottom }, cols)
  return (
    <Box position="absolute" marginTop={top} marginLeft={left}>
      <Rows width={width} height={rows.length} rows={rows} layer={1} />
    </Box>
  )
}
