/** What went wrong with a TCP connection, by the code of the system's error (errno(3)). */
const LOSSES: Readonly<Record<string, string>> = {
  ECONNRESET: 'the network connection was reset, by the host or by something between, such as a firewall',
  EPIPE: 'the host had closed the network connection',
  ETIMEDOUT: 'the network connection timed out',
  EHOSTUNREACH: 'there is no route to the host any more',
  ENETUNREACH: 'the network cannot be reached any more',
  ENETDOWN: 'the network of this machine went down',
  ECONNABORTED: 'this machine broke the network connection off',
}

/** The same as ssh puts them (strerror(3)), lower case. */
const SPOKEN: Readonly<Record<string, string>> = {
  'connection reset by peer': 'ECONNRESET',
  'broken pipe': 'EPIPE',
  'connection timed out': 'ETIMEDOUT',
  'no route to host': 'EHOSTUNREACH',
  'network is unreachable': 'ENETUNREACH',
  'network is down': 'ENETDOWN',
  'software caused connection abort': 'ECONNABORTED',
}

/**
 * Why a connection that was up has been lost, in one sentence.
 * @param said the message of a socket's error (`read ECONNRESET`) or what ssh printed (`Connection reset by peer`).
 */
export function lossSentence(said: string): string {
  const code = /\bE[A-Z]{3,}\b/.exec(said)?.[0] ?? SPOKEN[said.trim().toLowerCase()] ?? ''
  return LOSSES[code] ?? `connection lost (${said.trim()})`
}
