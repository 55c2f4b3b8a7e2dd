import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redactor } from './redact.js'
import { REDACTED, Secret } from './secret.js'
import { quote } from './shell/quote.js'

const redactorOf = (...secrets: string[]): Redactor => {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.learn(new Secret(secret))
  return redactor
}

describe('Redactor', () => {
  it('takes a planted secret out of any data, wherever it stands and however it is written', () => {
    const secret = 'hun"t\'er 2\\'
    const planted = fc.tuple(fc.string(), fc.constantFrom(secret, quote(secret), JSON.stringify(secret)), fc.string())
    const leaf = planted.map(parts => parts.join(''))
    const { data } = fc.letrec<{ data: unknown }>(tie => ({
      data: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('data'), { maxLength: 3 }),
        fc.dictionary(leaf, tie('data'), { maxKeys: 3 }),
      ),
    }))
    const redactor = redactorOf(secret)
    const holds = (value: unknown): boolean =>
      typeof value === 'string'
        ? [secret, quote(secret), JSON.stringify(secret)].some(form => value.includes(form))
        : typeof value === 'object' && value !== null && Object.entries(value).some(pair => pair.some(holds))
    fc.assert(fc.property(data, value => !holds(redactor.data(value))))
  })

  it('leaves no rest of a secret that holds another', () => {
    expect(redactorOf('hunter', 'hunter22').text('it is hunter22')).toBe(`it is ${REDACTED}`)
  })

  it('leaves alone what is too short to be told from other text, and what is no secret', () => {
    const data = { a: 'abc', n: 1, list: [true, null], bytes: Buffer.from('abcd') }
    expect(redactorOf('abc').data(data)).toEqual(data)
  })

  it.each(['password', 'sudoPassword', 'SUDO_PASSWORD', 'api-key', 'apiKey', 'clientSecret', 'access_token'])(
    'hides what stands under %s',
    key => {
      expect(new Redactor().data({ [key]: 'x' })).toEqual({ [key]: REDACTED })
      expect(new Redactor().data({ [key]: { before: 'x', after: ['y'] } })).toEqual({
        [key]: { before: REDACTED, after: [REDACTED] },
      })
    },
  )

  it.each(['key', 'tokens', 'passwordless', 'secretary', 'monkey'])('shows what stands under %s', key => {
    expect(new Redactor().data({ [key]: 'x' })).toEqual({ [key]: 'x' })
  })

  it('shows an ordinary name in other text, though a variable calls it a secret; and no other value', () => {
    const redactor = new Redactor()
    // as process.env is, no plain object
    const environment = Object.assign(Object.create({ constructor: () => {} }), {
      ...{ PGPASSWORD: 'postgres', DB_PASSWORD: 'sunflower', PATH: '/bin', UNSET_TOKEN: undefined },
    })
    const left = redactor.learnEnvironment(environment)
    expect(left).toEqual(['PGPASSWORD'])
    expect(redactor.text('postgresql-15 runs as postgres; sunflower')).toBe(
      `postgresql-15 runs as postgres; ${REDACTED}`,
    )
    expect(redactor.text('PGPASSWORD=postgres psql; --password postgres; { password: "postgres" }')).toBe(
      `PGPASSWORD=${REDACTED} psql; --password ${REDACTED}; { password: "${REDACTED}" }`,
    )
    expect(redactor.data({ env: { PGPASSWORD: 'postgres' }, user: 'postgres' })).toEqual({
      env: { PGPASSWORD: REDACTED },
      user: 'postgres',
    })
    redactor.learnSource("const password = 'jenkins'")
    expect(redactor.text('the host jenkins')).toBe('the host jenkins')
  })

  it('hides private keys and tokens by their look', () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----'
    expect(new Redactor().text(`before\n${key}\nafter`)).toBe(`before\n${REDACTED}\nafter`)
    expect(new Redactor().text(`cut off: ${key.slice(0, 45)}`)).toBe(`cut off: ${REDACTED}`)
    expect(new Redactor().text(`use ghp_${'a'.repeat(36)} now`)).toBe(`use ${REDACTED} now`)
    expect(new Redactor().text('-----BEGIN PUBLIC KEY-----')).toBe('-----BEGIN PUBLIC KEY-----')
  })
})
