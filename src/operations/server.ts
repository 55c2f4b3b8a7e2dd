export { shell } from './server/shell.js'
