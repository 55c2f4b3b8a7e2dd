export { reboot } from './server/reboot.js'
export { shell } from './server/shell.js'
export { user } from './server/user.js'
