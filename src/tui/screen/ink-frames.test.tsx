import fc from 'fast-check'
import { Box, Spacer, Text } from 'ink'
import { type ReactElement, useEffect, useState } from 'react'
import { afterEach, describe, expect, test } from 'vitest'
import { type RenderedScreen, renderScreen } from '../../../test/terminal/render.js'
import { sanitiseLines } from '../../engine/text/sanitise.js'
import { Rows } from './rows.js'

const open: RenderedScreen[] = []
function screenOf(cols: number, rows: number): RenderedScreen {
  const screen = renderScreen({ cols, rows })
  open.push(screen)
  return screen
}
afterEach(() => {
  for (const screen of open.splice(0)) screen.unmount()
})

async function shown(tree: ReactElement, cols = 12, rows = 4): Promise<string[]> {
  const screen = screenOf(cols, rows)
  await screen.draw(tree)
  return screen.emulator.lines()
}

/** Counts to one, by itself. */
function Counter(): ReactElement {
  const [count, setCount] = useState(0)
  useEffect(() => {
    const timer = setTimeout(() => setCount(1), 10)
    return () => clearTimeout(timer)
  }, [])
  return <Rows width={9} height={1} rows={[`count ${count}`]} />
}

describe('what a tree shows', () => {
  test('rows and text where Ink lays them out', async () => {
    const tree = (
      <Box flexDirection="column" width={12} height={4}>
        <Box>
          <Text>left</Text>
          <Spacer />
          <Text>right</Text>
        </Box>
        <Box>
          <Rows width={4} height={2} rows={['abcdef', '한국어']} />
          <Box marginLeft={2}>
            <Rows width={4} height={3} rows={['x']} />
          </Box>
        </Box>
      </Box>
    )
    expect(await shown(tree)).toEqual(['left   right', 'abcd  x', '한국', ''])
  })

  test('text is cut off or wrapped, in its colours', async () => {
    const screen = screenOf(6, 4)
    await screen.draw(
      <Box flexDirection="column" width={6}>
        <Text wrap="truncate">cut off here</Text>
        <Text bold>
          wrapped <Text color="red">red</Text>
        </Text>
      </Box>,
    )
    expect(screen.emulator.lines()).toEqual(['cut of', 'wrappe', 'd red', ''])
  })

  test('what is drawn later covers what was drawn before; a higher layer covers all', async () => {
    const at = (x: number) => ({ position: 'absolute' as const, marginLeft: x })
    const tree = (
      <Box>
        <Box {...at(2)}>
          <Rows width={4} height={1} layer={1} rows={['TTTT']} />
        </Box>
        <Box {...at(0)}>
          <Rows width={8} height={1} rows={['aaaaaaaa']} />
        </Box>
        <Box {...at(5)}>
          <Rows width={4} height={1} rows={['bbbb']} />
        </Box>
      </Box>
    )
    expect((await shown(tree))[0]).toBe('aaTTTTbbb')
  })

  test('a hidden box is not drawn', async () => {
    const tree = (
      <Box display="none">
        <Rows width={3} height={1} rows={['abc']} />
        <Text>text</Text>
      </Box>
    )
    expect(await shown(tree)).toEqual(['', '', '', ''])
  })

  test('the cursor stands in the topmost block that has one', async () => {
    const screen = screenOf(12, 4)
    const tree = (inner: { x: number; y: number } | undefined) => (
      <Box marginTop={1} marginLeft={2} flexDirection="column">
        <Rows width={5} height={1} rows={['below']} cursor={{ x: 0, y: 0 }} />
        <Rows width={5} height={1} layer={1} rows={['above']} cursor={inner} />
      </Box>
    )
    await screen.draw(tree({ x: 3, y: 0 }))
    expect(screen.emulator.cursor).toEqual({ x: 5, y: 2, visible: true })
    await screen.draw(tree(undefined))
    expect(screen.emulator.cursor).toEqual({ x: 2, y: 1, visible: true })
    await screen.draw(<Text>none</Text>)
    expect(screen.emulator.cursor.visible).toBe(false)
  })

  test('what is gone from the tree is gone from the screen', async () => {
    const screen = screenOf(12, 4)
    await screen.draw(<Rows width={5} height={2} rows={['one', 'two']} />)
    await screen.draw(<Rows key="other" width={3} height={1} rows={['new']} />)
    expect(screen.emulator.lines()).toEqual(['new', '', '', ''])
    expect(screen.emulator.clears).toBe(1)
  })

  test('a component that changes by itself is drawn again', async () => {
    const screen = screenOf(12, 2)
    await screen.draw(<Counter />)
    expect(screen.emulator.lines()[0]).toBe('count 0')
    await expect.poll(() => screen.emulator.lines()[0]).toBe('count 1')
  })
})

const PANES = ['left', 'middle', 'right']

/** A screen of panes side by side, as high as the terminal, or higher. */
function panes({ cols, rows }: { cols: number; rows: number }, contents: readonly (readonly string[])[]): ReactElement {
  const width = Math.floor(cols / contents.length)
  return (
    <Box width={cols} height={rows} flexDirection="column">
      <Text wrap="truncate">title</Text>
      <Box>
        {contents.map((lines, index) => (
          <Rows key={PANES[index]} width={width} height={rows} rows={lines} />
        ))}
      </Box>
    </Box>
  )
}

test('random contents and sizes leave no garbage: the screen is always what a fresh one shows', async () => {
  const text = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('\x1b[31m', '\x1b[2J', '\x1b[5;5H', '한국', '😀', '\t', '\u202e'),
    ),
    { maxLength: 5 },
  )
  const contents = fc.array(
    fc.array(text, { maxLength: 5 }).map(lines => sanitiseLines(lines.map(parts => parts.join('')).join('\n'))),
    { minLength: 1, maxLength: 3 },
  )
  const sizes = fc.record({ cols: fc.integer({ min: 4, max: 40 }), rows: fc.integer({ min: 1, max: 8 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(sizes, contents), { minLength: 1, maxLength: 6 }), async steps => {
      const screen = screenOf(10, 5)
      let resizes = 0
      let last: { cols: number; rows: number } | undefined
      for (const [size, lines] of steps) {
        if (last?.cols !== size.cols || last?.rows !== size.rows) resizes += 1
        last = size
        await screen.draw(panes(size, lines), size)
        const fresh = screenOf(size.cols, size.rows)
        await fresh.draw(panes(size, lines))
        expect(screen.emulator.cells()).toEqual(fresh.emulator.cells())
        expect(screen.emulator.scrollback()).toEqual([])
        fresh.unmount()
      }
      expect(screen.emulator.clears).toBe(resizes)
      screen.unmount()
    }),
    { numRuns: 15 },
  )
})
