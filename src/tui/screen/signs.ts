import { createContext } from 'react'

/** Each as wide as what it stands for, so that nothing moves. */
const ASCII: Readonly<Record<string, string>> = {
  '│': '|',
  '┃': '|',
  '─': '-',
  '━': '=',
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  '┏': '+',
  '┓': '+',
  '┗': '+',
  '┛': '+',
  '╭': '+',
  '╮': '+',
  '╰': '+',
  '╯': '+',
  '├': '+',
  '┤': '+',
  '●': 'o',
  '○': '-',
  '◌': '~',
  '✗': 'x',
  '✓': 'v',
  '≠': '!',
  '▾': 'v',
  '▸': '>',
  '◂': '<',
  '›': '>',
  '…': '~',
  '·': '.',
  '•': '*',
  '■': '#',
  '▓': '#',
  '░': '.',
  '–': '-',
  '−': '-',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '⏎': '/',
  '⋯': '~',
  '⌥': '^',
  '⇧': '^',
  '⌫': '<',
  '▁': '_',
  '▂': '.',
  '▃': ':',
  '▄': '-',
  '▅': '=',
  '▆': '+',
  '▇': '*',
  '█': '#',
}

const SIGN = new RegExp(`[${Object.keys(ASCII).join('')}]`, 'g')

/** A row without the lines and signs that poor fonts and the Linux console do not have. */
export function asciiRow(row: string): string {
  return row.replace(SIGN, sign => ASCII[sign] ?? sign)
}

/** Whether rows are drawn with ASCII signs. */
export const SignsContext = createContext(false)
