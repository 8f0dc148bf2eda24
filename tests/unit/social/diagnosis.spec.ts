import { test } from '@japa/runner'
import { diagnose } from '#set_up/diagnosis'

test.group('Which diagnosis fits', () => {
  for (const [driver, failure, code, key] of [
    ['kakao', 'secret_refused', 'KOE010', 'kakao.KOE010'],
    ['naver', 'secret_refused', 'invalid_request', 'naver.secret_refused'],
    ['naver', 'code_refused', 'invalid_request', 'naver.code_refused'],
    ['naver', 'provider_busy', '429', 'naver.429'],
    ['kakao', 'provider_busy', '429', 'general.provider_busy'],
    ['kakao', 'profile_refused', '-401', 'kakao.-401'],
    ['kakao', 'profile_refused', '-5', 'general.profile_refused'],
    ['kakao', 'provider_unreachable', 'ENOTFOUND', 'general.dns'],
    ['kakao', 'provider_unreachable', 'EAI_AGAIN', 'general.dns'],
    ['kakao', 'provider_unreachable', 'CERT_HAS_EXPIRED', 'general.tls'],
    ['kakao', 'provider_unreachable', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'general.tls'],
    ['kakao', 'provider_unreachable', 'SELF_SIGNED_CERT_IN_CHAIN', 'general.tls'],
    ['kakao', 'provider_unreachable', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'general.tls'],
    ['kakao', 'provider_unreachable', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'general.tls'],
    ['kakao', 'provider_unreachable', 'ERR_TLS_CERT_ALTNAME_INVALID', 'general.tls'],
    ['kakao', 'provider_unreachable', 'ERR_SSL_WRONG_VERSION_NUMBER', 'general.tls'],
    ['kakao', 'provider_unreachable', 'EPROTO', 'general.tls'],
    ['kakao', 'provider_unreachable', 'ECONNREFUSED', 'general.connection_refused'],
    ['kakao', 'provider_unreachable', 'ECONNRESET', 'general.provider_unreachable'],
    ['kakao', 'provider_unreachable', null, 'general.provider_unreachable'],
    /* Nothing an administrator could do. */
    ['kakao', 'suspended', null, null],
    ['kakao', 'state_foreign', null, null],
    /* A driver without words of its own, and names that every object has. */
    ['nobody', 'provider_timeout', null, 'general.provider_timeout'],
    ['nobody', 'secret_refused', 'KOE010', null],
    ['kakao', 'suspended', 'constructor', null],
  ] as const) {
    test(`${driver}: ${failure} ${code ?? ''} is ${key ?? 'nothing to tell'}`, ({ assert }) => {
      assert.equal(diagnose(driver, failure, code), key)
    })
  }
})
