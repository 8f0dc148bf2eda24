import { faults, type ProviderServer } from '#tests/support/servers/provider_server'
import { lastMailTo } from '#tests/support/mails'
import { press, signUp } from '#tests/support/people/sign_up'
import { PATHS, signInWith } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

/** The address that both sides show or claim. */
export const VICTIM = 'minjun@example.com'
export const VICTIMS_PASSWORD = 'seven quiet herons at dawn'
export const ATTACKERS_PASSWORD = 'what an attacker chose'

/** A unique name: if an account page shows it, the browser is in the victim's account. */
export const MARK = '진짜 주인'

/** The signed-in victim marks the account as theirs. */
export async function mark(victim: Visitor) {
  const page = await victim.get('/account/name')
  await victim.submit(page, '/account/name', { name: MARK })
}

/** Whether this browser is in the account that the victim marked. */
export async function isInVictimsAccount(visitor: Visitor): Promise<boolean> {
  return (await visitor.get('/account')).words.includes(MARK)
}

/** The attacker's own Naver account, which shows the victim's address. */
export async function attackersNaver(server: ProviderServer, visitor: Visitor): Promise<Page> {
  const response = { id: 'id-of-the-attacker', email: VICTIM, name: '공격자', nickname: '공격자' }
  server.spoil(PATHS.naver.profile, faults.json({ resultcode: '00', message: 'success', response }))
  return signInWith(server, visitor, 'naver', { person: 'seoyeon' })
}

/**
 * Signs up with the victim's address and a password of the attacker's.
 *
 * @returns the link that went to the victim; `null` if the address has an account
 */
export async function attackersSignUp(visitor: Visitor): Promise<string | null> {
  await signUp(visitor, VICTIM, { name: '공격자', password: ATTACKERS_PASSWORD })
  const { template } = await lastMailTo(VICTIM)
  return template === 'confirm_registration' ? linkTo(VICTIM) : null
}

/** The path of the link in the newest mail to an address, if that mail has one. */
export async function linkTo(email: string): Promise<string> {
  const { data } = await lastMailTo(email)
  return 'url' in data ? new URL(data.url).pathname : ''
}

/** Tries everything available to an attacker who signed up in the victim's name. */
export async function attackWithSignUp(attacker: Visitor, link: string | null) {
  const [guesser, elsewhere] = [new Visitor(), new Visitor()]
  for (const one of link ? [attacker, elsewhere] : []) {
    await press(one, link!, { password: ATTACKERS_PASSWORD })
  }
  await guesser.signIn(VICTIM, ATTACKERS_PASSWORD)
  return [attacker, elsewhere, guesser]
}
