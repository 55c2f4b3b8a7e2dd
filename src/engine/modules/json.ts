import { displayPath, positionAt } from './compiler.js'
import { SourceError } from './source-error.js'
import { loadTypeScript } from './typescript.js'

/** Parses a JSON file. @throws {SourceError} with the place of what is wrong, which `JSON.parse` does not always tell */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const compiler = loadTypeScript()
    const fault = compiler.parseConfigFileTextToJson(file, text).error
    const reason = fault
      ? compiler.flattenDiagnosticMessageText(fault.messageText, ' ')
      : `not valid JSON: ${error instanceof Error ? error.message : error}`
    throw new SourceError({ file: displayPath(file), ...positionAt(text, fault?.start ?? 0), reason })
  }
}
