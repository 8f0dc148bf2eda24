import db from '@adonisjs/lucid/services/db'
import type { Quota, Wait } from '#limits/store'

/*
 * One statement counts and tells the count, where the limiter's own store takes five in a
 * transaction; two of them are on the way of every sign-in. What is over the limit leaves
 * the row as it is. `expire` is in milliseconds since 1970.
 */

/* MySQL hands an argument of LAST_INSERT_ID back with its answer. Assignments are made in order. */
const ON_MYSQL = `insert into rate_limits (\`key\`, points, expire)
  values (:key, last_insert_id(1), :end)
  on duplicate key update
    points = last_insert_id(if(expire <= :now, 1, least(points + 1, :most + 1))),
    expire = if(expire <= :now, :end, expire)`

const ON_SQLITE = `insert into rate_limits (\`key\`, points, expire) values (:key, 1, :end)
  on conflict (\`key\`) do update set
    points = case when expire <= :now then 1 else points + 1 end,
    expire = case when expire <= :now then :end else expire end
  where expire <= :now or points < :most
  returning points`

/** Spends one of a quota that is counted in rows of `rate_limits`. */
export async function spendFromRows({ key, most, within }: Quota): Promise<Wait> {
  const client = db.connection()
  const isMysql = client.dialect.name === 'mysql'
  const now = Date.now()
  const values = { key, most, now, end: now + within * 1_000 }
  const answer = await client.rawQuery(isMysql ? ON_MYSQL : ON_SQLITE, values)
  const isWithin = isMysql ? answer[0].insertId <= most : answer.length > 0
  if (isWithin) return null

  const row = await client.from('rate_limits').where({ key }).select('expire').first()
  return row ? Math.max(0, Math.ceil((row.expire - now) / 1_000)) : 0
}
