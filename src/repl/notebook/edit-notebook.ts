import { type CellPlace, cellPlaces, type NotebookCell, printCell } from './percent.js'

/** What a session adds to the text of a notebook; all that a person wrote in it stays as it is. */
export interface NotebookEdits {
  /** Ids for cells that had none, by their place among all cells. */
  readonly ids: ReadonlyMap<number, string>
  /** New sources of cells, by their place among all cells. */
  readonly sources: ReadonlyMap<number, string>
  readonly appended: readonly NotebookCell[]
  /** Names of the prompt that the notebook must import. */
  readonly names: ReadonlySet<string>
}

/** The text of a notebook with the edits made. */
export function editedNotebook(text: string, { ids, sources, appended, names }: NotebookEdits): string {
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  for (const [index, place] of [...cellPlaces(text).entries()].reverse()) {
    const source = sources.get(index)
    if (source !== undefined) lines.splice(place.first, place.end - place.first, ...printedSource(source))
    const id = ids.get(index)
    if (id !== undefined) lines[place.begin] = withId(lines, place, id)
  }
  const kept = withNames(lines.join('\n'), names).trimEnd()
  return `${kept}\n${appended.map(cell => `\n${printCell(cell)}`).join('')}`
}

function printedSource(source: string): string[] {
  return printCell({ kind: 'code', source }).trimEnd().split('\n').slice(1)
}

function withId(lines: readonly string[], { begin }: CellPlace, id: string): string {
  return `${(lines[begin] ?? '').trimEnd()} id="${id}"`
}

/** The line that imports the prompt's names, with these among them. */
function withNames(text: string, names: ReadonlySet<string>): string {
  if (names.size === 0) return text
  const line = /^import \{([^}]*)\} from (['"])muster\/session\2;?[ \t]*$/m
  const found = line.exec(text)
  const known = (found?.[1] ?? '').split(',').flatMap(name => (name.trim() === '' ? [] : [name.trim()]))
  const missing = [...names].filter(name => !known.some(each => each.split(/\s+as\s+/)[0] === name))
  if (missing.length === 0) return text
  const all = `import { ${[...known, ...missing].sort().join(', ')} } from 'muster/session'`
  if (found) return text.replace(line, () => all)
  const [first] = cellPlaces(text)
  const lines = text.split('\n')
  lines.splice(first?.begin ?? lines.length, 0, all, '')
  return lines.filter((each, i) => i > (first?.begin ?? 0) || each !== 'export {}').join('\n')
}
