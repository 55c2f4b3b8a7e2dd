import type { Prompt } from 'ssh2'
import type { Secret } from '../../secret.js'
import type { Answer, AuthDialogue, InfoRequest } from './auth-dialogue.js'
import type { AuthRequest } from './ssh-auth.js'
import { proving, type SecretsGiven } from './ssh-password.js'

/** A question for something that changes with time or device, not for the password. */
const NO_PASSWORD = /code|otp|one.?time|token|verif|passcode|\bpin\b|challenge|duo|yubi|factor/i
/** PAM's conversation with somebody whose password has run out (pam_unix): it asks for the old one and then for a new one. */
const EXPIRED = /change your password|changing password|password has expired|\bnew\b.*password|password.*\bnew\b/i

/**
 * Authenticates by keyboard-interactive (RFC 4256). The first question that hides its answer and may mean the password is answered
 * with the password, which is proven on one host before others get it; everything else is asked of the person, per host.
 */
export async function keyboardInteractive(dialogue: AuthDialogue, request: AuthRequest): Promise<SecretsGiven> {
  const username = request.settings.user
  let begun: Answer | InfoRequest | undefined = await dialogue.interactive(username)
  try {
    if (!isQuestion(begun)) return { answer: begun, proof: 'the server asked nothing and refused' }
    if (!begun.prompts.some(isPasswordPrompt)) {
      return { answer: await converse(begun, request, request.settings.password), proof: 'the answers were wrong' }
    }
    return await proving(request, async candidate => {
      const step = begun ?? (await dialogue.interactive(username))
      begun = undefined
      return isQuestion(step) ? await converse(step, request, candidate) : step
    })
  } catch (error) {
    if (!(error instanceof Unanswerable)) throw error
    return { answer: { left: [], partial: false }, proof: error.message, over: true }
  }
}

/** The conversation cannot be brought to an end: why, in one sentence. */
class Unanswerable extends Error {}

/** Answers question after question until the server has decided. */
async function converse(first: InfoRequest, request: AuthRequest, password: Secret | undefined): Promise<Answer> {
  let unused = password
  let step: Answer | InfoRequest = first
  while (isQuestion(step)) {
    const { instructions, prompts } = step
    if (instructions.trim() !== '') request.note(`the server says: ${instructions.trim()}`)
    const answers: string[] = []
    for (const prompt of prompts) {
      if (EXPIRED.test(`${instructions} ${prompt.prompt}`)) throw expired(request, `${instructions} ${prompt.prompt}`)
      if (unused && isPasswordPrompt(prompt)) {
        answers.push(unused.reveal())
        unused = undefined
      } else answers.push(await ask(prompt, instructions, request))
    }
    step = await step.reply(answers)
  }
  return step
}

async function ask({ prompt }: Prompt, instructions: string, { asker, host }: AuthRequest): Promise<string> {
  const question = oneLine(`${instructions} ${prompt}`)
  const answer = await asker.secret({
    kind: 'secret',
    key: `interactive:${host}:${prompt}`,
    prompt: question,
    hosts: [host],
    retry: false,
  })
  if (answer === undefined) throw new Unanswerable(`the server asks “${question}” and nobody answers`)
  return answer.reveal()
}

function expired({ settings }: AuthRequest, said: string): Unanswerable {
  return new Unanswerable(
    `the password of ${settings.user} has expired and the server wants a new one (“${oneLine(said)}”): log in once with ssh and change it`,
  )
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

function isPasswordPrompt({ prompt, echo }: Prompt): boolean {
  return echo !== true && !NO_PASSWORD.test(prompt)
}

function isQuestion(step: Answer | InfoRequest): step is InfoRequest {
  return step !== 'accepted' && 'reply' in step
}
