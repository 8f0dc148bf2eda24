import { test } from '@japa/runner'
import { subjectOf } from '#protocol/subject'

test.group('What is an id', () => {
  for (const [value, subject] of [
    [1, '1'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['18446744073709551615', '18446744073709551615'],
    ['0012', '0012'],
    ['abcdefgABCDEFG1234567', 'abcdefgABCDEFG1234567'],
    ['nullify', 'nullify'],
    ['1e5a', '1e5a'],
  ]) {
    test(`${JSON.stringify(value)} is one`, ({ assert }) => {
      assert.equal(subjectOf(value), subject)
    })
  }

  for (const value of [
    ...[
      0,
      -0,
      -1,
      1.5,
      Number.NaN,
      Infinity,
      Number.MAX_SAFE_INTEGER + 1,
      undefined,
      null,
      true,
      false,
    ],
    ...['', ' ', '\t', '1 2', '0', '00', '-1', '1.0', '1e5', '.5', 'null', 'NULL', 'undefined'],
    ...['NaN', 'Infinity', 'none', 'true', '--', '""', '{}', [], [1], ['1'], {}, { id: 1 }, 5n],
    () => 1,
  ]) {
    test(`${typeof value} ${String(value)} (${Object.is(value, -0) ? 'negative' : ''}) is none`, ({
      assert,
    }) => {
      assert.isNull(subjectOf(value))
    })
  }
})
