export { packages } from './dnf/packages.js'
export { restore } from './dnf/restore.js'
