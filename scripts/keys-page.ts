import { BINDINGS } from '../src/repl/keys/bindings.js'
import { nameOf } from '../src/repl/keys/keymap.js'
import { SETTINGS } from '../src/repl/settings/settings.js'

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``
const keysOf = (keys: readonly string[]) => keys.map(key => code(key.replaceAll(' ', ','))).join(' ')

const contexts = [...new Set(BINDINGS.map(({ context }) => context))]
const sections = contexts.map(context => {
  const rows = BINDINGS.filter(binding => binding.context === context).map(
    binding => `| ${keysOf(binding.keys)} | ${binding.help} | ${code(nameOf(binding))} |`,
  )
  return `## ${context}\n\n| keys | what they do | name |\n| ---- | ------------ | ---- |\n${rows.join('\n')}`
})

const settings = Object.entries(SETTINGS).map(
  ([name, { values, summary }]) => `| ${code(name)} | ${values.map(code).join(' ')} | ${summary} |`,
)

/** The page of keys and settings, as Markdown. */
export const keysPage = `# Keys and settings

Written by \`npm run keys\` from the tables that the screen goes by. \`?\` shows the same there, those of where you are first.

A key is set by its name, for all of your sessions: \`:set key hosts.attach f7\`; \`:set key hosts\` lists those of a place, and
\`:set key hosts.attach default\` takes it back. Several keys are written with blanks between, the keys of a sequence with commas:
\`:set key cells.run-again f7 ctrl-x,r\`. What has that key already is named, and nothing is set.
They are kept in \`~/.config/muster/settings.json\`: \`{ "theme": "dark", "keys": { "hosts.attach": "f7" } }\`.

| setting | may be | what it is |
| ------- | ------ | ---------- |
${settings.join('\n')}

In vi's keys (\`:set editor vi\`) the prompt has those of vi besides.

${sections.join('\n\n')}
`
