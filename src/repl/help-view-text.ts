import type { Place } from './language/requests.js'
import type { HelpView } from './protocol.js'

/** What is known of a thing, as text: its type, what it is, its arguments, examples, where it comes from. */
export function helpViewText({ title, documentation, args, examples, place }: HelpView): string {
  const names = args.map(({ name, optional, type }) => `${name}${optional ? '?' : ''}: ${type}`)
  const width = Math.min(40, Math.max(0, ...names.map(({ length }) => length)))
  return [
    title,
    documentation,
    args.map(({ description }, at) => `  ${(names[at] ?? '').padEnd(width)}  ${description}`).join('\n'),
    ...examples.map(example => `example\n${example.replace(/^/gm, '  ')}`),
    place ? `from ${placeText(place)}` : '',
  ]
    .filter(part => part !== '')
    .join('\n')
}

/**
 * Where something is declared, in words.
 *
 * @param file how a file is told; default by its whole path
 */
export function placeText(place: Place, file = (path: string): string => path): string {
  switch (place.kind) {
    case 'draft':
      return 'this draft'
    case 'cell':
      return `cell ${place.cell}, line ${place.line}`
    case 'file':
      return `${file(place.file)}:${place.line}`
  }
}
