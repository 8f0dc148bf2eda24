import { test } from '@japa/runner'
import { reconcile } from '#audit/reconcile'

const seen = { label: '카카오', hidden: false, fields: ['email', 'name'] }

test.group('A form that somebody overtook', () => {
  test('takes over what its owner did not touch', ({ assert }) => {
    assert.deepEqual(reconcile(seen, { ...seen, label: '나' }, { ...seen, hidden: true }), {
      merged: { label: '나', hidden: true, fields: ['email', 'name'] },
      overtaken: [{ field: 'hidden', before: false, now: true }],
    })
  })

  test('keeps what both changed as its owner typed it, and says so', ({ assert }) => {
    assert.deepEqual(reconcile(seen, { ...seen, fields: [] }, { ...seen, fields: ['name'] }), {
      merged: { label: '카카오', hidden: false, fields: [] },
      overtaken: [{ field: 'fields', before: ['email', 'name'], now: ['name'], mine: [] }],
    })
  })

  test('has no conflict where both came to the same', ({ assert }) => {
    assert.deepEqual(reconcile(seen, { ...seen, label: '나' }, { ...seen, label: '나' }), {
      merged: { ...seen, label: '나' },
      overtaken: [{ field: 'label', before: '카카오', now: '나' }],
    })
  })

  test('is untouched where nobody changed anything', ({ assert }) => {
    const mine = { ...seen, label: '나' }
    assert.deepEqual(reconcile(seen, mine, seen), { merged: mine, overtaken: [] })
  })
})
