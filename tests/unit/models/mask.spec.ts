import { test } from '@japa/runner'
import { maskEmail, maskName, maskSubject } from '#text/mask'

test.group('Masked for a report', () => {
  for (const [mask, whole, masked] of [
    [maskEmail, 'kildong@example.com', 'k***@e*****.com'],
    [maskEmail, 'k@e.co.kr', 'k***@e*****.kr'],
    [maskEmail, '"a@b"@example.org', '"***@e*****.org'],
    [maskName, '홍길동', '홍*동'],
    [maskName, '남궁길동', '남*동'],
    [maskName, '홍길', '홍*'],
    [maskName, '홍', '*'],
    [maskName, '', '*'],
    [maskName, '👨‍👩‍👧가🇰🇷', '👨‍👩‍👧*🇰🇷'],
    [maskSubject, '3012345678', '30***78'],
    [maskSubject, '1234567', '***'],
  ] as const) {
    test(`${whole || 'nothing'} becomes ${masked}`, ({ assert }) => {
      assert.equal(mask(whole), masked)
    })
  }
})
