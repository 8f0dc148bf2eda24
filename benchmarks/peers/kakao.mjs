/* What the peers share: where Kakao is, the database, and how they say that they are listening. */
export const { KAKAO_ORIGIN, MYSQL_URL, PORT, PAGES } = process.env
export const origin = `http://127.0.0.1:${PORT}`
export const withPages = PAGES === 'true'

export const connection = () => {
  const url = new URL(MYSQL_URL)
  return {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    timezone: 'Z',
  }
}

/** The two pages, rendered by Edge like Daemun's, compiled once. */
export async function pages() {
  const { Edge } = await import('edge.js')
  const edge = Edge.create({ cache: true })
  edge.mount(new URL('./views', import.meta.url))
  return {
    signIn: (csrf) => edge.render('sign_in', { csrf }),
    home: (user) => edge.render('home', { user }),
  }
}
