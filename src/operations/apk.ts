export { packages } from './apk/packages.js'
export { restore } from './apk/restore.js'
