import { test } from '@japa/runner'
import PendingIdentity from '#models/pending_identity'
import Registration from '#models/registration'
import SignInAttempt from '#models/sign_in_attempt'
import WaitingSignIn from '#models/waiting_sign_in'

const MODELS = [PendingIdentity, Registration, SignInAttempt, WaitingSignIn]

test.group('A `next` that was stored', () => {
  for (const model of MODELS) {
    test(`leads ${model.table} to this site only, whatever stands in the row`, ({ assert }) => {
      const read = (next: string | null) => model.$createFromAdapterResult({ id: 1, next })!.next
      assert.equal(read('/article/create?draft=1'), '/article/create?draft=1')
      assert.isNull(read(null))
      for (const planted of ['//evil.example', 'https://evil.example/', '/user/logout']) {
        assert.isNull(read(planted))
      }
    })
  }
})
