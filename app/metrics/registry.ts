import { collectDefaultMetrics, Registry } from 'prom-client'

/** Everything `/metrics` reports about this process, Node's own figures included. */
export const registry = new Registry()

collectDefaultMetrics({ register: registry })
