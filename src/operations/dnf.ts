export { packages } from './dnf/packages.js'
