export { packages } from './apk/packages.js'
