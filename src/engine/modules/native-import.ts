import vm from 'node:vm'

let told = false

/**
 * For `importModuleDynamically` of a script: its `import()` is Node's own. Node says once in a process, where that is first used,
 * that it is experimental; a person who imports a package has no use for that, so it is used here before, and not listened to.
 */
export function nativeImport(): number {
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  if (told) return importModuleDynamically
  told = true
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    new vm.Script("import('node:module')", { importModuleDynamically }).runInThisContext()
  } finally {
    process.emitWarning = emitWarning
  }
  return importModuleDynamically
}
