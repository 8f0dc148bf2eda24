/* Nothing else is loaded before it, because it may start the process over. */
import './memory.js'

await import('./serve.js')
