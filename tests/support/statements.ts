import db from '@adonisjs/lucid/services/db'

/** The verb and first table of a statement; `null` for transaction statements and limits. */
function nameOf(sql: string): string | null {
  /* What rides on a statement is no statement of its own. */
  const own = sql.replace(/\(select [^()]* from [^()]*\)/gi, '')
  const verb = /^\s*(select|insert|update|delete)\b/i.exec(sql)?.[1].toLowerCase()
  const tables = own.matchAll(/(?:\bfrom|\binto|^\s*update|\bjoin)\s+`?([a-z_]+)/gi)
  const [, table] = [...tables].find(([, name]) => name !== 'select') ?? []
  return verb && table && table !== 'rate_limits' ? `${verb} ${table}` : null
}

/** What the database is asked while `work` runs: `select users`, in order. */
export async function heardDuring(work: () => Promise<unknown>) {
  const heard: string[] = []
  const hear = ({ sql }: { sql: string }) => {
    const name = nameOf(sql)
    if (name !== null) heard.push(name)
  }
  const { client } = db.manager.get(db.primaryConnectionName)!.connection!
  client!.on('query', hear)
  await work().finally(() => client!.removeListener('query', hear))
  return heard
}
