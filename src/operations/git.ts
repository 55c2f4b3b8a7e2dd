export { repo } from './git/repo.js'
