import { describe, expect, test } from 'vitest'
import { includedNames, renderTemplate } from './render-template.js'

const render = (source: string, variables = {}, more: Record<string, string> = {}) =>
  renderTemplate('a.j2', new Map(Object.entries({ 'a.j2': source, ...more })), variables)

describe('renderTemplate', () => {
  test.each([
    ['keeps the last line end', 'a\n', {}, 'a\n'],
    ['loops, filters, conditions', '{% for x in xs %}{{ x | upper }} {% endfor %}', { xs: ['a', 'b'] }, 'A B '],
    ['does not escape', '{{ x }}', { x: '<&>' }, '<&>'],
    ['may ask whether a variable is defined', '{{ x if x is defined else "none" }}', {}, 'none'],
    ['defaults', '{{ x | default("d") }}', {}, 'd'],
  ])('%s', (_, source, variables, text) => expect(render(source, variables)).toBe(text))

  test('includes what stands beside it', () => {
    expect(render('{% include "b.j2" %}!', { x: 1 }, { 'b.j2': '{{ x }}' })).toBe('1!')
    expect(includedNames(`{% include "b.j2" %}{%- extends 'c.j2' %}{% from "d.j2" import x %}`)).toEqual([
      'b.j2',
      'c.j2',
      'd.j2',
    ])
  })

  test.each([
    ['a\n  {{ x.y }} {{ z }}', {}, 'a.j2:2: x.y is undefined.'],
    ['a\n  {{ x }} {{- z -}}', { x: 1 }, 'a.j2:2: z is undefined.'],
    ['{% forr a in b %}', {}, 'a.j2:1: unknown block tag: forr.'],
    ['{% include "b.j2" %}', {}, 'b.j2:2: q is undefined.'],
    ['{% include "none.j2" %}', {}, 'a.j2: there is no template “none.j2” beside it.'],
    ['{{ x | nope }}', { x: 1 }, 'a.j2: filter not found: nope.'],
  ])('says where it failed: %s', (source, variables, sentence) => {
    expect(() => render(source, variables, { 'b.j2': '\n{{ q }}' })).toThrow(sentence)
  })
})
