import { test } from '@japa/runner'
import { HttpContextFactory } from '@adonisjs/core/factories/http'
import { Oauth2Driver } from '@adonisjs/ally'
import { KakaoDriver } from '#social/drivers/kakao'

const config = {
  clientId: 'id',
  clientSecret: 'secret',
  callbackUrl: 'http://localhost/callback/',
  origins: KakaoDriver.origins,
  scopes: [],
}

/** A callback as an attacker would have a victim's browser open it. */
function callback(query: Record<string, unknown>) {
  const ctx = new HttpContextFactory().create()
  ctx.request.updateQs(query)
  return ctx
}

test.group('A callback without a state', () => {
  test('is refused by our drivers, whatever the trip expects', ({ assert }) => {
    for (const query of [{ code: 'x' }, { code: 'x', state: '' }, { code: 'x', state: ['a'] }]) {
      for (const state of ['', 'expected']) {
        const driver = new KakaoDriver(callback(query), config, { state, codeVerifier: 'v' })
        assert.isTrue(driver.stateMisMatch(), JSON.stringify({ query, state }))
      }
    }
  })

  test('passes only with the very state of the trip', ({ assert }) => {
    const trip = { state: 'expected', codeVerifier: 'v' }
    assert.isFalse(new KakaoDriver(callback({ state: 'expected' }), config, trip).stateMisMatch())
    assert.isTrue(new KakaoDriver(callback({ state: 'Expected' }), config, trip).stateMisMatch())
  })

  test('still passes in Ally itself: when this fails, our override of stateMisMatch can go', ({
    assert,
  }) => {
    class AllysOwnCheck extends KakaoDriver {
      stateMisMatch() {
        return Oauth2Driver.prototype.stateMisMatch.call(this)
      }
    }
    const trip = { state: '', codeVerifier: '' }
    assert.isFalse(new AllysOwnCheck(callback({ code: 'x' }), config, trip).stateMisMatch())
  })
})
