import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

/**
 * Relays to MySQL and counts the client's commands: exactly what goes over the wire.
 *
 * @param target of MySQL
 * @returns where it listens, and every statement heard since the list was emptied
 */
export async function counting(target: URL) {
  const heard: string[] = []
  const server = createServer((client) => {
    const up = connect(Number(target.port || 3306), target.hostname)
    let rest = Buffer.alloc(0)
    client.on('data', (chunk) => {
      up.write(chunk)
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 5) {
        const left = 4 + rest.readUIntLE(0, 3)
        if (rest.length < left) break
        const [sequence, command] = [rest[3], rest[4]]
        if (sequence === 0 && command === 0x03) heard.push(rest.toString('utf8', 5, left))
        if (sequence === 0 && command === 0x17) heard.push('(prepared)')
        rest = rest.subarray(left)
      }
    })
    up.pipe(client)
    for (const socket of [client, up]) {
      socket.on('error', () => {})
      socket.on('close', () => (client.destroy(), up.destroy()))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { heard, port: (server.address() as AddressInfo).port, close: () => server.close() }
}
