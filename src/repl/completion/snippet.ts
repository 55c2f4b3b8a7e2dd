import type { ArgumentView, Snippet } from '../protocol.js'

/**
 * A call with the arguments that it must have, their values left to be filled in; nothing where it needs none.
 *
 * @example
 * callSnippet('line', […]) // { text: "line({ path: '', line: '' })", holes: [14, 24, 27], retyped: '(' }
 */
export function callSnippet(name: string, args: readonly ArgumentView[]): Snippet | undefined {
  const required = args.filter(({ optional }) => !optional)
  if (required.length === 0) return undefined
  let text = `${name}({ `
  const holes: number[] = []
  for (const [index, { name: key, type }] of required.entries()) {
    const value = blankValue(type)
    text += `${index === 0 ? '' : ', '}${key}: `
    holes.push(text.length + value.length / 2)
    text += value
  }
  text += ' })'
  return { text, holes: [...holes, text.length], retyped: '(' }
}

/** A key of an argument with its value left to be filled in: `path: ''`. */
export function keySnippet({ name, type }: ArgumentView): Snippet {
  const value = blankValue(type)
  const text = `${name}: ${value}`
  const hole = text.length - value.length / 2
  return { text, holes: value === '' ? [hole] : [hole, text.length], retyped: ':' }
}

/** The signs around a value of a type, of even number: what is typed goes between them. */
function blankValue(type: string): string {
  const choices = type.split(' | ')
  if (choices.some(choice => choice === 'string' || choice.startsWith("'"))) return "''"
  return choices.includes('string[]') ? "['']" : ''
}
