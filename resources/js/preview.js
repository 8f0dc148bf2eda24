/*
 * The preview beside a provider's settings follows what is typed. The server renders it
 * with the same component as the sign-in page.
 */
import { showCopyButtons } from './copy.js'

const PAUSE_MS = 150

const box = document.querySelector('[data-preview]')
const label = document.querySelector('form [name="label"]')
const hidden = document.querySelector('form [name="hidden"]')
let waiting
let asking

async function draw() {
  asking?.abort()
  asking = new AbortController()
  const typed = new URLSearchParams({ label: label.value, hidden: String(hidden.checked) })
  try {
    const answer = await fetch(`${box.dataset.preview}?${typed}`, { signal: asking.signal })
    if (!answer.ok || answer.redirected) return
    box.innerHTML = await answer.text()
    showCopyButtons(box)
  } catch {
    /* Superseded by the next one, or offline: the preview stays as it is. */
  }
}

if (box && label && hidden) {
  label.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(draw, PAUSE_MS)
  })
  hidden.addEventListener('change', draw)
}
