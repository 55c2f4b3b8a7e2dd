/** An error's sentence without the host's name before it, so that the same trouble on many hosts reads and folds as one. */
export function withoutHost(host: string, message: string): string {
  return message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message
}
