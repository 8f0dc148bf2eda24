/*
 * Comforts only: every page works without this file.
 */

/* A form is sent once, however often its button is pressed. */
document.addEventListener('submit', (event) => {
  const form = event.target
  /* It stays here, to be sent again, and the answer goes to another tab. */
  if (form.target === '_blank') return
  if (form.dataset.sending) {
    event.preventDefault()
    return
  }
  form.dataset.sending = 'true'
  form
    .querySelectorAll('[type="submit"]')
    .forEach((button) => button.setAttribute('aria-disabled', 'true'))
})

/* Coming back with the browser's back button may show the page as it was left. */
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sending]')) {
    delete form.dataset.sending
    form
      .querySelectorAll('[aria-disabled]')
      .forEach((button) => button.removeAttribute('aria-disabled'))
  }
})

/* Copy buttons are hidden in the page, because they need this script and a clipboard. */
if (navigator.clipboard) {
  for (const button of document.querySelectorAll('[data-copy]')) {
    const label = button.textContent
    button.hidden = false
    button.addEventListener('click', async () => {
      const field = document.getElementById(button.dataset.copy)
      try {
        await navigator.clipboard.writeText(field.value)
        button.textContent = button.dataset.copied
        setTimeout(() => (button.textContent = label), 2000)
      } catch {
        field.select()
      }
    })
  }
}
