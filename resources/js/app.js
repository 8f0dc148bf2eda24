/*
 * Comforts only: every page works without this script.
 */
import { showCopyButtons } from './copy.js'
import './file_picker.js'
import './preview.js'
import './sortable.js'

/*
 * A form is sent once, however often its button is pressed; save one that is
 * answered by a download, after which the page is still there.
 */
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.stays) return
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

showCopyButtons(document)
