export { service } from './systemd/service.js'
