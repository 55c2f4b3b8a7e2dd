// Writes docs/keys.md: every key and every setting, from the tables that the screen itself goes by.
// Usage: npm run keys
import { writeFileSync } from 'node:fs'
import { keysPage } from './keys-page.js'

writeFileSync('docs/keys.md', keysPage)
