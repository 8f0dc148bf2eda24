import db from '@adonisjs/lucid/services/db'
import { Gauge } from 'prom-client'
import { registry } from '#metrics/registry'

new Gauge({
  name: 'daemun_database_connections',
  help: 'Connections of the pool: in use, idle, and requests that wait for one',
  labelNames: ['state'] as const,
  registers: [registry],
  collect() {
    const pool = db.manager.get(db.primaryConnectionName)?.connection?.pool
    this.set({ state: 'used' }, pool?.numUsed() ?? 0)
    this.set({ state: 'idle' }, pool?.numFree() ?? 0)
    this.set({ state: 'waiting' }, pool?.numPendingAcquires() ?? 0)
  },
})
